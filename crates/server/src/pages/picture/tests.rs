//! What a picture shows, by its markup.

use super::*;

fn block(center: [f64; 3], size: [f64; 3], color: &str) -> Block {
    Block { center, size, yaw_rad: 0.0, color: Rgb::parse(color).expect("a colour"), form: Form::Box }
}

fn markup(blocks: &[Block]) -> String {
    thumbnail_svg(blocks, Framing::Card, None).to_string()
}

#[test]
fn the_same_blocks_give_the_same_bytes() {
    let blocks = [block([0.0, 0.5, 0.0], [1.0; 3], "#ff8800"), block([1.0, 0.5, 2.0], [1.0; 3], "#0088ff")];
    assert_eq!(markup(&blocks), markup(&blocks));
}

#[test]
fn a_room_without_things_is_an_empty_floor() {
    let svg = markup(&[]);
    assert!(svg.starts_with("<svg class=\"picture\" viewBox=\"0 0 320 200\"") && svg.ends_with("</svg>"));
    assert!(svg.contains("floor-grid") && !svg.contains("class=\"block\""));
}

#[test]
fn a_box_shows_its_top_and_the_two_sides_that_face_the_eye() {
    let svg = markup(&[block([0.0, 0.5, 0.0], [1.0; 3], "#808080")]);
    let group = svg.split("class=\"block\"").nth(1).unwrap();
    assert_eq!(group.matches("<path").count(), 3);
}

#[test]
fn only_six_hex_digits_reach_a_fill() {
    assert_eq!(Rgb::parse("#0f8").unwrap().to_string(), "#00ff88");
    assert_eq!(Rgb::parse("#AbCdEf").unwrap().to_string(), "#abcdef");
    for wrong in ["", "#", "red", "#12", "#12345", "#1234567", "#00000g", "#é0", "\"/><script>", "#+12345"] {
        assert_eq!(Rgb::parse(wrong), None, "{wrong}");
    }
    assert_eq!(Rgb::from_unit([1.0, -3.0, f64::NAN]).to_string(), "#ff0000");
}

#[test]
fn a_label_is_escaped_and_names_the_picture() {
    let svg = thumbnail_svg(&[], Framing::Hero, Some("\"><script>alert('1')</script>&")).to_string();
    assert!(svg.contains("role=\"img\" aria-label=\"&#34;&#62;&#60;script&#62;"), "{svg}");
    assert!(!svg.contains("<script"));
}

#[test]
fn a_picture_without_a_label_is_hidden_from_screen_readers() {
    assert!(markup(&[]).contains("aria-hidden=\"true\""));
}

#[test]
fn blocks_without_extent_or_beyond_the_world_are_left_out() {
    let good = block([0.0, 0.5, 0.0], [1.0; 3], "#808080");
    let odd = [
        Block { size: [1.0, 0.0, 1.0], ..good },
        Block { size: [1.0, -1.0, 1.0], ..good },
        Block { center: [f64::NAN, 0.0, 0.0], ..good },
        Block { center: [0.0, f64::INFINITY, 0.0], ..good },
        Block { center: [1e9, 0.0, 0.0], ..good },
        Block { yaw_rad: f64::NAN, ..good },
    ];
    let with_odd: Vec<Block> = odd.into_iter().chain([good]).collect();
    assert_eq!(markup(&with_odd), markup(&[good]));
    assert!(!markup(&with_odd).contains("NaN"));
}

#[test]
fn of_too_many_blocks_the_largest_are_drawn() {
    let many: Vec<Block> = (0..500)
        .map(|n| {
            block([f64::from(n % 20), 0.5, f64::from(n / 20)], [0.2 + f64::from(n) / 1000.0; 3], "#808080")
        })
        .collect();
    let svg = markup(&many);
    assert_eq!(svg.matches("class=\"block\"").count(), PICTURE_BLOCKS_MAX);
    assert!(svg.len() < 32 * 1024, "{}", svg.len());
    assert_eq!(svg, markup(&many[500 - PICTURE_BLOCKS_MAX..]));
}

#[test]
fn everything_lies_inside_the_frame() {
    let blocks =
        [block([-40.0, 6.0, 3.0], [2.0, 12.0, 2.0], "#808080"), block([40.0, 0.5, -30.0], [1.0; 3], "#fff")];
    let svg = markup(&blocks);
    let numbers = svg.split(" d=\"").skip(1).flat_map(|rest| {
        let path = rest.split('"').next().unwrap_or_default();
        path.split(['M', 'L', 'Z', ' ']).filter(|part| !part.is_empty()).collect::<Vec<_>>()
    });
    for number in numbers {
        let value: f64 = number.parse().expect("a coordinate");
        assert!((0.0..=320.0).contains(&value), "{value}");
    }
}

fn order(blocks: &[Block]) -> Vec<usize> {
    geometry::back_to_front(blocks)
}

#[test]
fn what_is_far_is_painted_before_what_is_near() {
    let at = |x: f64, y: f64, z: f64| block([x, y, z], [1.0; 3], "#808080");
    assert_eq!(order(&[at(0.0, 0.5, 0.0), at(-2.0, 0.5, 2.0)]), [1, 0]);
    assert_eq!(order(&[at(0.0, 1.5, 0.0), at(0.0, 0.5, 0.0)]), [1, 0]);
}

#[test]
fn a_cup_stands_on_a_wide_table_wherever_their_centres_are() {
    let table = block([0.0, 0.5, 0.0], [8.0, 1.0, 8.0], "#808080");
    let cup = block([3.5, 1.2, 3.5], [0.4; 3], "#ffffff");
    assert_eq!(order(&[cup, table]), [1, 0]);
    assert_eq!(order(&[table, cup]), [0, 1]);
}

#[test]
fn blocks_inside_each_other_are_all_painted_once() {
    let blocks: Vec<Block> =
        (0..10).map(|n| block([f64::from(n) * 0.1, 0.5, 0.0], [1.0; 3], "#808080")).collect();
    let mut painted = order(&blocks);
    painted.sort_unstable();
    assert_eq!(painted, (0..10).collect::<Vec<_>>());
}

#[test]
fn a_shadow_ends_where_the_floor_ends() {
    let lamp = block([0.0, 20.0, 0.0], [1.0, 40.0, 1.0], "#808080");
    let scene = geometry::Scene::around(&[lamp], (320.0, 200.0));
    let shadow = scene.clip(lamp.shadow(scene.floor_y));
    assert!(shadow.len() > 2);
    for [x, z] in shadow {
        assert!(x <= scene.x[1] + 1e-9 && z >= scene.z[0] - 1e-9, "{x} {z}");
    }
}

#[test]
fn far_things_do_not_make_the_rest_a_speck() {
    let near: Vec<Block> = (0..9)
        .map(|n| block([f64::from(n % 3) * 2.0, 0.5, f64::from(n / 3) * 2.0], [1.0; 3], "#808080"))
        .collect();
    let far = block([400.0, 0.5, 90.0], [30.0; 3], "#808080");
    let all: Vec<Block> = near.iter().copied().chain([far]).collect();
    assert_eq!(markup(&all), markup(&near));
}

#[test]
fn fronts_are_in_the_sun_and_right_sides_in_shade() {
    let grey = Rgb::new(128, 128, 128);
    let light = |normal: [f64; 3]| grey.lit(normal).bytes().map(i32::from).iter().sum::<i32>();
    let [top, front, right] = [[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]].map(light);
    assert!(top > front && front > right + 90, "{top} {front} {right}");
}

#[test]
fn a_shadow_falls_on_the_paving_under_a_thing() {
    let slab = Block { form: Form::Cylinder, ..block([0.0, 0.1, 0.0], [12.0, 0.2, 12.0], "#808080") };
    let [on, beside] = [[2.0, 1.0, 0.0], [8.0, 1.0, 0.0]].map(|at| block(at, [1.0; 3], "#808080"));
    assert!(slab.is_paving(0.0) && !on.is_paving(0.0));
    assert_eq!((on.ground_y(&[slab], 0.0), beside.ground_y(&[slab], 0.0)), (0.2, 0.0));
}

#[test]
fn a_quarter_turn_swaps_a_boxs_edges() {
    let long = block([0.0, 0.5, 0.0], [4.0, 1.0, 1.0], "#808080");
    let turned = Block { yaw_rad: std::f64::consts::FRAC_PI_2, ..long };
    let depth = turned.footprint().iter().map(|[_, z]| z.abs()).fold(0.0, f64::max);
    assert!((depth - 2.0).abs() < 1e-9, "{depth}");
}
