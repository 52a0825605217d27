//! What things are made of, as Rapier wants it.

use crate::solid::{Form, Hinge, Kind, Solid, corners};
use rapier3d::parry::query::RayCast;
use rapier3d::parry::shape::Capsule;
use rapier3d::prelude::{
    Aabb, CoefficientCombineRule, ColliderBuilder, Group, InteractionGroups, InteractionTestMode, Pose, Ray,
    RevoluteJointBuilder, RigidBodyBuilder, RigidBodyType, Rotation, Shape, SharedShape, TypedShape, Vector,
};
use thexr_wire::pose::Place;
use thexr_world::mesh::Mesh;

/// Where a ray meets what has a thickness about an upright line, metres from its origin; `direction` is a unit, `low` the lower end of
/// the line. At once where it begins inside.
pub fn ray_to_capsule(
    from: [f32; 3],
    direction: [f32; 3],
    metres: f32,
    low: [f32; 3],
    height_m: f32,
    radius_m: f32,
) -> Option<f32> {
    let low = Vector::from_array(low);
    let capsule = Capsule::new(low, low + Vector::new(0.0, height_m, 0.0), radius_m);
    capsule.cast_local_ray(&Ray::new(Vector::from_array(from), Vector::from_array(direction)), metres, true)
}

impl Form {
    /// As Rapier has it. Of many corners the hull is computed: who asks often keeps it.
    pub(crate) fn shape(&self) -> SharedShape {
        match self {
            Self::Box { half: [x, y, z] } => SharedShape::cuboid(*x, *y, *z),
            Self::Ball { radius } => SharedShape::ball(*radius),
            Self::Capsule { half_height, radius } => SharedShape::capsule_y(*half_height, *radius),
            Self::Cylinder { half_height, radius } => SharedShape::cylinder(*half_height, *radius),
            Self::Cone { half_height, radius } => SharedShape::cone(*half_height, *radius),
            Self::Hull { mesh, scale } => hull(mesh, *scale),
            Self::Skin { mesh, scale } => {
                let skin = SharedShape::trimesh(points(mesh, *scale), mesh.triangles.to_vec());
                skin.unwrap_or_else(|_| hull(mesh, *scale))
            }
        }
    }

    /// Its surface as triangles about its middle, wound outward as far as it has an inside; round ones have a dozen edges about.
    pub fn surface(&self) -> (Vec<[f32; 3]>, Vec<[u32; 3]>) {
        let (points, triangles) = surface(&*self.shape().0);
        (points.into_iter().map(|point| point.to_array()).collect(), triangles)
    }

    /// Whether it rolls: then it comes to rest by itself, however flat the floor.
    fn rolls(&self) -> bool {
        !matches!(self, Self::Box { .. } | Self::Hull { .. } | Self::Skin { .. })
    }
}

fn points(mesh: &Mesh, scale: [f32; 3]) -> Vec<Vector> {
    corners(mesh, scale).map(Vector::from_array).collect()
}

/// What is within corners; the box around them where they lie so that there is no telling.
fn hull(mesh: &Mesh, scale: [f32; 3]) -> SharedShape {
    let corners = points(mesh, scale);
    SharedShape::convex_hull(&corners).unwrap_or_else(|| {
        let around = Aabb::from_points(corners.iter().copied());
        let half = around.half_extents().max(Vector::splat(THIN_M));
        let middle = Pose::from_parts(around.center(), Rotation::IDENTITY);
        SharedShape::compound(vec![(middle, SharedShape::cuboid(half.x, half.y, half.z))])
    })
}

/// Edges of what is round where triangles are asked for.
const ROUND_EDGES: u32 = 12;

fn surface(shape: &dyn Shape) -> (Vec<Vector>, Vec<[u32; 3]>) {
    match shape.as_typed_shape() {
        TypedShape::Cuboid(cuboid) => cuboid.to_trimesh(),
        TypedShape::Ball(ball) => ball.to_trimesh(ROUND_EDGES, ROUND_EDGES / 2),
        TypedShape::Capsule(capsule) => capsule.to_trimesh(ROUND_EDGES, ROUND_EDGES / 2),
        TypedShape::Cylinder(cylinder) => cylinder.to_trimesh(ROUND_EDGES),
        TypedShape::Cone(cone) => cone.to_trimesh(ROUND_EDGES),
        TypedShape::ConvexPolyhedron(hull) => hull.to_trimesh(),
        TypedShape::TriMesh(skin) => (skin.vertices().to_vec(), skin.indices().to_vec()),
        // What stands for a hull without an inside.
        TypedShape::Compound(parts) => parts.shapes().first().map_or_else(Default::default, |(at, part)| {
            let (points, triangles) = surface(&**part);
            (points.into_iter().map(|point| at * point).collect(), triangles)
        }),
        _ => Default::default(),
    }
}

/// Half of how thin a box around corners is, metres.
const THIN_M: f32 = 0.005;
/// Everything, and what tips under people.
const THINGS: Group = Group::GROUP_1;
const TIPPING: Group = Group::GROUP_2;
/// Rolling slows down by this share of its turning a second.
const ROLLING_DAMPING: f32 = 0.6;
/// So does turning about a hinge.
const HINGE_DAMPING: f32 = 1.0;

impl Solid {
    /// Its form, which has this shape, for Rapier; one that `tips` is met by those, too, who meet nothing else.
    pub(crate) fn collider(&self, shape: SharedShape, tips: bool) -> ColliderBuilder {
        let member = if tips { THINGS | TIPPING } else { THINGS };
        let meets = if self.meets_tipping { TIPPING } else { Group::ALL };
        ColliderBuilder::new(shape)
            .collision_groups(InteractionGroups::new(member, meets, InteractionTestMode::And))
            .translation(Vector::from_array(self.offset))
            .friction(self.friction)
            .restitution(self.restitution)
            // A ball bounces on any floor.
            .restitution_combine_rule(CoefficientCombineRule::Max)
            .mass(self.mass)
    }

    fn damping(&self) -> f32 {
        match self.kind {
            Kind::Free if self.hinge.is_some() => HINGE_DAMPING,
            Kind::Free if self.form.rolls() => ROLLING_DAMPING,
            _ => 0.0,
        }
    }

    pub(crate) fn body(&self) -> RigidBodyBuilder {
        let kind = match self.kind {
            Kind::Fixed => RigidBodyType::Fixed,
            Kind::Steered => RigidBodyType::KinematicPositionBased,
            Kind::Free => RigidBodyType::Dynamic,
        };
        let free = self.kind == Kind::Free;
        RigidBodyBuilder::new(kind)
            .gravity_scale(self.gravity_factor)
            .angular_damping(self.damping())
            .ccd_enabled(free)
    }
}

impl Hinge {
    /// The joint between something fixed in the middle of the line and the thing.
    pub(crate) fn joint(&self) -> RevoluteJointBuilder {
        let joint = RevoluteJointBuilder::new(Vector::from_array(self.axis))
            .local_anchor2(Vector::from_array(self.at))
            .contacts_enabled(false);
        self.limits.into_iter().fold(joint, RevoluteJointBuilder::limits)
    }

    /// Where its middle is while the thing is at a place, turned by nothing.
    pub(crate) fn anchor(&self, at: Place) -> Pose {
        let [x, y, z, w] = self.zero;
        let middle = pose(at) * Vector::from_array(self.at);
        Pose::from_parts(middle, Rotation::from_xyzw(x, y, z, w))
    }
}

/// A place as Rapier has it.
pub(crate) fn pose([x, y, z, qx, qy, qz, qw]: Place) -> Pose {
    Pose::from_parts(Vector::new(x, y, z), Rotation::from_xyzw(qx, qy, qz, qw))
}

/// Rapier's place as ours.
pub(crate) fn place(pose: &Pose) -> Place {
    let ([x, y, z], [qx, qy, qz, qw]) = (pose.translation.to_array(), pose.rotation.to_array());
    [x, y, z, qx, qy, qz, qw]
}
