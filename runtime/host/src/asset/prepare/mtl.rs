//! MTL: the materials of OBJ models.

use gable_kernel::asset::ModelMaterial;

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
}
