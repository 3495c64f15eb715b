//! MTL: the materials of OBJ models.

use gable_kernel::asset::{ModelMaterial, Table};

use super::beside;

/// Reads materials; what is not understood is passed over, as is usual with this format. Image names are made relative
/// to the asset root.
pub(super) fn read(name: &str, text: &str) -> Vec<ModelMaterial> {
    let mut materials: Vec<ModelMaterial> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if keyword == "newmtl" {
            materials.push(plain(rest.trim()));
        } else if let Some(material) = materials.last_mut() {
            read_property(name, material, keyword, rest.trim());
        }
    }
    materials
}

/// The first material as names and values of `readMaterial`.
pub(super) fn first_material(name: &str, text: &str) -> Table {
    let mut cells: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        if keyword == "newmtl" {
            if !cells.is_empty() {
                break;
            }
            cells.extend(["name".to_owned(), rest.to_owned()]);
        } else if !cells.is_empty() {
            attributes(name, keyword, rest, &mut cells);
        }
    }
    Table { columns: 2, cells }
}

/// Adds the names and values of CGA's material attributes that a statement stands for.
fn attributes(name: &str, keyword: &str, rest: &str, cells: &mut Vec<String>) {
    const COLORS: [(&str, &str); 4] = [
        ("Ka", "ambient"),
        ("Kd", "color"),
        ("Ks", "specular"),
        ("Ke", "emissive"),
    ];
    const NUMBERS: [(&str, &str); 5] = [
        ("d", "opacity"),
        ("Tr", "opacity"),
        ("Ns", "shininess"),
        ("Pm", "metallic"),
        ("Pr", "roughness"),
    ];
    const MAPS: [(&str, &str); 9] = [
        ("map_Kd", "colormap"),
        ("map_Ks", "specularmap"),
        ("map_d", "opacitymap"),
        ("map_bump", "bumpmap"),
        ("bump", "bumpmap"),
        ("norm", "normalmap"),
        ("map_Ke", "emissivemap"),
        ("map_Pm", "metallicmap"),
        ("map_Pr", "roughnessmap"),
    ];
    let known = |list: &[(&str, &'static str)]| {
        let found = list
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(keyword));
        found.map(|(_, attribute)| *attribute)
    };
    let mut words = rest
        .split_whitespace()
        .map_while(|word| word.parse::<f64>().ok());
    if let Some(color) = known(&COLORS) {
        let numbers: Vec<f64> = words.map(unit).collect();
        let Some(&first) = numbers.first() else {
            return;
        };
        for (place, part) in ["r", "g", "b"].into_iter().enumerate() {
            let value = numbers.get(place).unwrap_or(&first);
            cells.extend([format!("{color}.{part}"), value.to_string()]);
        }
    } else if let (Some(attribute), Some(number)) = (known(&NUMBERS), words.next()) {
        let number = match keyword {
            "Tr" => 1.0 - unit(number),
            "Ns" => number.clamp(0.0, 128.0),
            _ => unit(number),
        };
        cells.extend([attribute.to_owned(), number.to_string()]);
    } else if let Some(map) = known(&MAPS) {
        let file = map_file(rest);
        if !file.is_empty() {
            cells.extend([map.to_owned(), beside(name, file)]);
        }
    }
}

fn plain(name: &str) -> ModelMaterial {
    ModelMaterial {
        name: name.to_owned(),
        color: [1.0; 4],
        metallic: 0.0,
        roughness: 1.0,
        color_map: String::new(),
    }
}

fn read_property(name: &str, material: &mut ModelMaterial, keyword: &str, rest: &str) {
    let numbers: Vec<f64> = rest
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .map(unit)
        .collect();
    match (keyword, numbers.as_slice()) {
        ("Kd", [red, green, blue, ..]) => {
            material.color[..3].copy_from_slice(&[*red, *green, *blue]);
        }
        ("Kd", [grey]) => material.color[..3].fill(*grey),
        ("d", [opacity, ..]) => material.color[3] = *opacity,
        ("Tr", [transparency, ..]) => material.color[3] = 1.0 - transparency,
        ("Pm", [metallic, ..]) => material.metallic = *metallic,
        ("Pr", [roughness, ..]) => material.roughness = *roughness,
        ("map_Kd", _) => {
            let file = map_file(rest);
            material.color_map = if file.is_empty() {
                String::new()
            } else {
                beside(name, file)
            };
        }
        _ => {}
    }
}

/// 0 to 1; what is no number is 0.
fn unit(x: f64) -> f64 {
    if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) }
}

/// The file of a map statement after its options (`-s 1 1 1 wood panel.png`).
fn map_file(rest: &str) -> &str {
    let mut rest = rest;
    while rest.starts_with('-') {
        let (option, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = after.trim_start();
        let most = match option {
            "-o" | "-s" | "-t" => 3,
            "-mm" => 2,
            _ => 1,
        };
        for count in 0..most {
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            // Vectors may have one to three numbers.
            if count > 0 && word.parse::<f64>().is_err() {
                break;
            }
            rest = after.trim_start();
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn materials_are_read_and_options_of_maps_passed_over() {
        let text = "newmtl wall\nKd 0.5 0.25 1 # warm\nd 0.5\nPr 0.3\nmap_Kd -s 2 2 -clamp on ..\\textures\\wall 1.png\nnewmtl b\nTr 0.25\nKd nan 2 -1";
        let materials = read("models/house.mtl", text);
        let wall = ModelMaterial {
            name: "wall".to_owned(),
            color: [0.5, 0.25, 1.0, 0.5],
            metallic: 0.0,
            roughness: 0.3,
            color_map: "textures/wall 1.png".to_owned(),
        };
        assert_eq!(materials[0], wall);
        assert_eq!(materials[1].color, [0.0, 1.0, 0.0, 0.75]);
    }

    #[test]
    fn the_first_material_becomes_attributes() {
        let text = "newmtl wall\nKa 0 0 0\nKd 0.5 0.25 1\nKs 0.5\nTr 0.25\nNs 1000\nPr 2\nmap_kd -s 2 2 a.png\nKd\nbump b.png\nnewmtl b\nd 0";
        let table = first_material("m/house.mtl", text);
        assert_eq!(
            table.cells.join(" "),
            "name wall ambient.r 0 ambient.g 0 ambient.b 0 color.r 0.5 color.g 0.25 color.b 1 \
             specular.r 0.5 specular.g 0.5 specular.b 0.5 opacity 0.75 shininess 128 roughness 1 \
             colormap m/a.png bumpmap m/b.png"
        );
        assert!(first_material("a.mtl", "").cells.is_empty());
    }
}
