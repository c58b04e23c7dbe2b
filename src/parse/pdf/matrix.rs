//! Affine maps of the plane, as PDF writes them.

/// `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Matrix([f32; 6]);

impl From<[f32; 6]> for Matrix {
    fn from(numbers: [f32; 6]) -> Self {
        Self(numbers)
    }
}

impl Matrix {
    pub(super) const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) const fn new(a: f32, b: f32, c: f32, d: f32, e: f32, f: f32) -> Self {
        Self([a, b, c, d, e, f])
    }

    pub(super) const fn shift(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This map, then the other.
    pub(super) fn then(&self, other: &Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let (a, b) = other.turn(a, b);
        let (c, d) = other.turn(c, d);
        let (e, f) = other.apply(e, f);
        Self([a, b, c, d, e, f])
    }

    pub(super) fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        let (turned_x, turned_y) = self.turn(x, y);
        (turned_x + self.0[4], turned_y + self.0[5])
    }

    /// A direction, not a point.
    pub(super) fn turn(&self, x: f32, y: f32) -> (f32, f32) {
        let [a, b, c, d, ..] = self.0;
        (a * x + c * y, b * x + d * y)
    }

    /// How long a direction becomes.
    pub(super) fn length(&self, x: f32, y: f32) -> f32 {
        let (x, y) = self.turn(x, y);
        x.hypot(y)
    }

    /// How high something of height 1 becomes.
    pub(super) fn height(&self) -> f32 {
        self.length(0.0, 1.0)
    }
}
