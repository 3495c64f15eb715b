//! What hands do between two pictures: mouse and keys, as the camera's controls take them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gable_view::controls::Input;
use winit::event::{ElementState, KeyEvent, MouseButton, MouseScrollDelta, WindowEvent};
use winit::keyboard::{KeyCode, PhysicalKey};

use super::keys::{Action, action};

/// What hands do between two pictures.
#[derive(Debug, Default)]
pub(super) struct Hands {
    keys: BTreeSet<KeyCode>,
    with_control: bool,
    pointer: [f64; 2],
    /// The button that is held, where it was pressed, and whether the pointer went away from there.
    held: Option<(MouseButton, [f64; 2], bool)>,
    input: Input,
    last_click: Option<(Instant, [f64; 2])>,
    acts: Vec<Act>,
}

/// Something that is done once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Act {
    /// At a pixel.
    Click([f64; 2]),
    /// At a pixel.
    DoubleClick([f64; 2]),
    Key(Action),
}

/// Pixels: less is a click, not a drag.
const STILL: f64 = 4.0;
/// Two clicks within this time and so near are one double click.
const DOUBLE: Duration = Duration::from_millis(400);
/// Pixels of a touch pad that count as a notch of a wheel.
const NOTCH: f64 = 40.0;

impl Hands {
    /// Takes an event that nobody else wants.
    pub(super) fn take(&mut self, event: &WindowEvent) {
        match event {
            WindowEvent::KeyboardInput { event, .. } => self.key(event),
            WindowEvent::CursorMoved { position, .. } => self.point([position.x, position.y]),
            WindowEvent::MouseInput { state, button, .. } => self.button(*state, *button),
            WindowEvent::MouseWheel { delta, .. } => {
                self.input.wheel += match *delta {
                    MouseScrollDelta::LineDelta(_, lines) => f64::from(lines),
                    MouseScrollDelta::PixelDelta(pixels) => pixels.y / NOTCH,
                };
            }
            WindowEvent::ModifiersChanged(modifiers) => {
                self.with_control = modifiers.state().control_key();
            }
            WindowEvent::Focused(false) => self.let_go(),
            _ => {}
        }
    }

    /// Nothing is held any more: releases come to others.
    fn let_go(&mut self) {
        self.keys.clear();
        self.held = None;
    }

    /// Keys that are released while somebody else has the keyboard.
    pub(super) fn release(&mut self, event: &WindowEvent) {
        if let WindowEvent::KeyboardInput { event, .. } = event
            && event.state == ElementState::Released
        {
            self.key(event);
        }
    }

    fn key(&mut self, event: &KeyEvent) {
        if let PhysicalKey::Code(code) = event.physical_key {
            match event.state {
                ElementState::Pressed => self.keys.insert(code),
                ElementState::Released => self.keys.remove(&code),
            };
        }
        if event.state == ElementState::Pressed
            && !event.repeat
            && let Some(action) = action(&event.logical_key, self.with_control)
        {
            self.acts.push(Act::Key(action));
        }
    }

    fn point(&mut self, pointer: [f64; 2]) {
        let moved = [pointer[0] - self.pointer[0], pointer[1] - self.pointer[1]];
        self.pointer = pointer;
        let Some((button, start, has_moved)) = &mut self.held else {
            return;
        };
        if !*has_moved && distance(pointer, *start) < STILL {
            return;
        }
        *has_moved = true;
        let drag = match button {
            MouseButton::Left => &mut self.input.turn,
            _ => &mut self.input.shift,
        };
        *drag = [drag[0] + moved[0], drag[1] + moved[1]];
    }

    fn button(&mut self, state: ElementState, button: MouseButton) {
        if state == ElementState::Pressed {
            self.held = Some((button, self.pointer, false));
            return;
        }
        let Some((held, start, has_moved)) = self.held.take() else {
            return;
        };
        if held != button || has_moved || button != MouseButton::Left {
            return;
        }
        let now = Instant::now();
        let is_double = self.last_click.is_some_and(|(at, place)| {
            now.duration_since(at) < DOUBLE && distance(place, start) < STILL
        });
        self.last_click = (!is_double).then_some((now, start));
        self.acts.push(if is_double {
            Act::DoubleClick(start)
        } else {
            Act::Click(start)
        });
    }

    /// Where the pointer is, pixels.
    pub(super) fn pointer(&self) -> [f64; 2] {
        self.pointer
    }

    /// Whether something is held that moves the camera.
    pub(super) fn are_busy(&self) -> bool {
        self.held.is_some() || self.direction() != [0.0; 3]
    }

    /// What was done once.
    pub(super) fn acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    /// What was done since the last picture.
    pub(super) fn input(&mut self) -> Input {
        let done = std::mem::take(&mut self.input);
        let shift = [KeyCode::ShiftLeft, KeyCode::ShiftRight];
        Input {
            keys: self.direction(),
            is_fast: shift.iter().any(|key| self.keys.contains(key)),
            ..done
        }
    }

    fn direction(&self) -> [f64; 3] {
        if self.with_control {
            return [0.0; 3];
        }
        let is_held = |keys: [KeyCode; 2]| keys.iter().any(|key| self.keys.contains(key));
        let axis = |more, less| f64::from(is_held(more)) - f64::from(is_held(less));
        [
            axis(
                [KeyCode::KeyW, KeyCode::ArrowUp],
                [KeyCode::KeyS, KeyCode::ArrowDown],
            ),
            axis(
                [KeyCode::KeyD, KeyCode::ArrowRight],
                [KeyCode::KeyA, KeyCode::ArrowLeft],
            ),
            axis(
                [KeyCode::KeyE, KeyCode::PageUp],
                [KeyCode::KeyQ, KeyCode::PageDown],
            ),
        ]
    }
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
