//! Numbers of accessors, every bound checked.

use super::super::Defect;
use super::EXPORT_AGAIN;
use super::document::{Accessor, Document};

/// A document and the bytes of its buffers.
pub(super) struct Source {
    pub(super) document: Document,
    pub(super) buffers: Vec<Vec<u8>>,
}

/// The elements of an accessor.
struct Elements<'a> {
    accessor: &'a Accessor,
    component: Component,
    bytes: &'a [u8],
    stride: usize,
    size: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Component {
    I8,
    U8,
    I16,
    U16,
    U32,
    F32,
}

impl Source {
    /// The bytes of a buffer view.
    pub(super) fn view(&self, number: usize) -> Result<&[u8], Defect> {
        let bytes = self.document.buffer_views.get(number).and_then(|view| {
            let end = view.byte_offset.checked_add(view.byte_length)?;
            self.buffers.get(view.buffer)?.get(view.byte_offset..end)
        });
        bytes.ok_or_else(|| {
            Defect::new(
                format!("buffer view {number} lies outside its buffer"),
                EXPORT_AGAIN,
            )
        })
    }

    /// Elements with `N` components as doubles; integers stand for fractions where the accessor says so. What is not
    /// finite becomes 0.
    pub(super) fn vectors<const N: usize>(&self, number: usize) -> Result<Vec<[f64; N]>, Defect> {
        let elements = self.elements(number, N)?;
        let component = elements.component;
        let scale = if elements.accessor.normalized {
            component.largest()
        } else {
            1.0
        };
        let vector = |element: &[u8]| {
            let mut vector = [0.0; N];
            for (place, bytes) in vector
                .iter_mut()
                .zip(element.chunks_exact(component.size()))
            {
                let value = component.value(bytes) / scale;
                *place = if value.is_finite() { value } else { 0.0 };
            }
            vector
        };
        Ok(elements.iter().map(vector).collect())
    }

    /// Vertex numbers.
    pub(super) fn indices(&self, number: usize) -> Result<Vec<u32>, Defect> {
        let elements = self.elements(number, 1)?;
        let component = elements.component;
        if !matches!(component, Component::U8 | Component::U16 | Component::U32) {
            return Err(Defect::new(
                format!("accessor {number} is no list of indices"),
                EXPORT_AGAIN,
            ));
        }
        Ok(elements
            .iter()
            .map(|element| component.value(element) as u32)
            .collect())
    }

    fn elements(&self, number: usize, width: usize) -> Result<Elements<'_>, Defect> {
        let wrong = |what: &str| Defect::new(format!("accessor {number} {what}"), EXPORT_AGAIN);
        let accessor = self
            .document
            .accessors
            .get(number)
            .ok_or_else(|| wrong("does not exist"))?;
        let component = Component::of(accessor.component_type)
            .ok_or_else(|| wrong("has components of an unknown type"))?;
        if ["SCALAR", "VEC2", "VEC3", "VEC4"].get(width - 1) != Some(&accessor.shape.as_str()) {
            return Err(wrong(&format!("does not have {width} components")));
        }
        if accessor.sparse.is_some() {
            return Err(wrong("is sparse"));
        }
        let view = accessor.buffer_view.ok_or_else(|| wrong("has no data"))?;
        let size = width * component.size();
        let stride = self
            .document
            .buffer_views
            .get(view)
            .and_then(|view| view.byte_stride)
            .unwrap_or(size)
            .max(1);
        let bytes = self.view(view)?;
        let end = accessor
            .count
            .checked_sub(1)
            .and_then(|last| last.checked_mul(stride)?.checked_add(size));
        let end = end.and_then(|end| end.checked_add(accessor.byte_offset));
        if accessor.count > 0 && end.is_none_or(|end| end > bytes.len()) {
            return Err(wrong("lies outside its buffer view"));
        }
        Ok(Elements {
            accessor,
            component,
            bytes,
            stride,
            size,
        })
    }
}

impl<'a> Elements<'a> {
    fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        let (bytes, offset, stride, size) = (
            self.bytes,
            self.accessor.byte_offset,
            self.stride,
            self.size,
        );
        (0..self.accessor.count).map(move |k| &bytes[offset + k * stride..][..size])
    }
}

impl Component {
    fn of(number: u32) -> Option<Self> {
        Some(match number {
            5120 => Self::I8,
            5121 => Self::U8,
            5122 => Self::I16,
            5123 => Self::U16,
            5125 => Self::U32,
            5126 => Self::F32,
            _ => return None,
        })
    }

    fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::U32 | Self::F32 => 4,
        }
    }

    /// The integer that stands for 1.
    fn largest(self) -> f64 {
        match self {
            Self::I8 => 127.0,
            Self::U8 => 255.0,
            Self::I16 => 32767.0,
            Self::U16 => 65535.0,
            Self::U32 | Self::F32 => 1.0,
        }
    }

    /// A little-endian number; the slice is as long as the type.
    fn value(self, bytes: &[u8]) -> f64 {
        match (self, bytes) {
            (Self::I8, &[a]) => f64::from(a.cast_signed()),
            (Self::U8, &[a]) => f64::from(a),
            (Self::I16, &[a, b]) => f64::from(i16::from_le_bytes([a, b])),
            (Self::U16, &[a, b]) => f64::from(u16::from_le_bytes([a, b])),
            (Self::U32, &[a, b, c, d]) => f64::from(u32::from_le_bytes([a, b, c, d])),
            (Self::F32, &[a, b, c, d]) => f64::from(f32::from_le_bytes([a, b, c, d])),
            _ => 0.0,
        }
    }
}
