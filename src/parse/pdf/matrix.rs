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

    pub(super) const fn shift(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This map, then the other.
    pub(super) fn then(&self, other: &Self) -> Self {
        let right = other.turn(self.0[0], self.0[1]);
        let up = other.turn(self.0[2], self.0[3]);
        let place = other.apply(self.0[4], self.0[5]);
        Self([right.0, right.1, up.0, up.1, place.0, place.1])
    }

    pub(super) fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        let (turned_x, turned_y) = self.turn(x, y);
        (turned_x + self.0[4], turned_y + self.0[5])
    }

    /// A direction, not a point.
    pub(super) fn turn(&self, x: f32, y: f32) -> (f32, f32) {
        let [right, up] = [(self.0[0], self.0[1]), (self.0[2], self.0[3])];
        (right.0 * x + up.0 * y, right.1 * x + up.1 * y)
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
