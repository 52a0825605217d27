//! How one frame is shared among the kinds of what moves: what is urgent first, then to each what it is owed, the rest in order.
//!
//! Knows bytes only. A kind that waits saves up what it is owed until even its largest piece fits: at every budget each kind
//! that wants something is told, however much the others want.

/// Part of a frame, one in so many, that what is urgent has at most: otherwise it would starve all others.
const URGENT_ONE_IN: usize = 2;

/// What a kind has to tell in a frame, bytes, its section's header included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Want {
    /// Of that, what cannot wait: corrections, what is held.
    pub urgent: usize,
    /// All of it.
    pub all: usize,
}

/// What each of `N` kinds is owed, bytes.
#[derive(Debug)]
pub(crate) struct Shares<const N: usize> {
    owed: [f32; N],
}

impl<const N: usize> Default for Shares<N> {
    fn default() -> Self {
        Self { owed: [0.0; N] }
    }
}

impl<const N: usize> Shares<N> {
    /// Bytes of a frame that are kept for each kind: what is left beside them goes to whoever comes first.
    ///
    /// `shares` are what each is owed of every frame while it wants something, at most 1 in all.
    pub fn keep(&mut self, budget: usize, shares: &[f32; N], wants: &[Want; N]) -> [usize; N] {
        for ((owed, share), want) in self.owed.iter_mut().zip(shares).zip(wants) {
            *owed = if want.all == 0 { 0.0 } else { (*owed + share * budget as f32).min(budget as f32) };
        }
        let mut order: [usize; N] = std::array::from_fn(|kind| kind);
        // Who has waited for longest first: it has saved up most of its shares.
        let waited = |kind: usize| if shares[kind] > 0.0 { self.owed[kind] / shares[kind] } else { 0.0 };
        order.sort_by(|a, b| waited(*b).total_cmp(&waited(*a)).then(a.cmp(b)));
        let (mut left, mut kept) = (budget, [0; N]);
        let mut keep = |kind: usize, bytes: usize| {
            let more = bytes.min(wants[kind].all).saturating_sub(kept[kind]).min(left);
            kept[kind] += more;
            left -= more;
            more
        };
        // Who has saved up a whole frame has it before everyone: nothing smaller was enough for its next piece.
        if let Some(starving) = order.into_iter().find(|kind| self.owed[*kind] >= budget as f32) {
            keep(starving, budget);
        }
        let mut urgent_left = budget / URGENT_ONE_IN;
        for (kind, want) in wants.iter().enumerate() {
            urgent_left -= keep(kind, want.urgent.min(urgent_left));
        }
        for kind in order {
            keep(kind, self.owed[kind] as usize);
        }
        kept
    }

    /// A kind has nothing to tell.
    pub fn wants_nothing(&mut self, kind: usize) {
        self.owed[kind] = 0.0;
    }

    /// A kind has taken so much of a frame.
    pub fn took(&mut self, kind: usize, bytes: usize) {
        self.owed[kind] = (self.owed[kind] - bytes as f32).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// People, bodies, strokes, joints: as the latest lane is to be shared.
    const SHARES: [f32; 4] = [0.5, 0.3, 0.05, 0.02];
    /// The largest piece that must not be cut, in the smallest frame.
    const PIECE_MAX: usize = 181;

    /// Fills frames: each kind takes whole pieces of its size, in order, within what is left for it; returns bytes told by kind
    /// and the longest time, in frames, that each wanted something and was told nothing.
    fn fill(
        budget: usize,
        frames: usize,
        pieces: [usize; 4],
        urgent: [bool; 4],
        wants: [bool; 4],
    ) -> ([usize; 4], [usize; 4]) {
        let mut shares = Shares::default();
        let (mut told, mut waits, mut longest) = ([0; 4], [0; 4], [0; 4]);
        for _ in 0..frames {
            let want = |kind: usize| match (wants[kind], urgent[kind]) {
                (false, _) => Want::default(),
                (true, urgent) => Want { urgent: if urgent { 100_000 } else { 0 }, all: 100_000 },
            };
            let kept = shares.keep(budget, &SHARES, &std::array::from_fn(want));
            let mut left = budget;
            for kind in 0..4 {
                let later: usize = kept[kind + 1..].iter().sum();
                let taken =
                    (left.saturating_sub(later)) / pieces[kind] * pieces[kind] * usize::from(wants[kind]);
                shares.took(kind, taken);
                left -= taken;
                told[kind] += taken;
                waits[kind] = if taken > 0 || !wants[kind] { 0 } else { waits[kind] + 1 };
                longest[kind] = longest[kind].max(waits[kind]);
            }
        }
        (told, longest)
    }

    proptest! {
        // Rule 4.14
        #[test]
        fn no_kind_starves_at_any_budget_whoever_else_wants_everything_at_once(
            budget in PIECE_MAX..12_500usize,
            pieces in prop::array::uniform4(3usize..PIECE_MAX),
            urgent in any::<[bool; 4]>(),
            wants in any::<[bool; 4]>(),
        ) {
            let (_, longest) = fill(budget, 2_000, pieces, urgent, wants);
            // A kind of 2 % has saved up a whole frame after 50, and waits for the others' turns twice.
            prop_assert!(longest.iter().all(|frames| *frames <= 150), "{:?}", longest);
        }

        #[test]
        fn what_is_kept_never_exceeds_the_frame_nor_what_is_wanted(
            budget in 0usize..2_000, wants in prop::array::uniform4((0usize..3_000, 0usize..3_000)), owed in prop::array::uniform4(0f32..5_000.0),
        ) {
            let mut shares = Shares { owed };
            let wants = wants.map(|(urgent, more)| Want { urgent, all: urgent + more });
            let kept = shares.keep(budget, &SHARES, &wants);
            prop_assert!(kept.iter().sum::<usize>() <= budget);
            prop_assert!(kept.iter().zip(wants).all(|(kept, want)| *kept <= want.all));
        }
    }

    // Rule 4.14
    #[test]
    fn guaranteed_shares_are_held_and_the_rest_goes_to_the_first() {
        let (told, _) = fill(1_360, 1_000, [40, 20, 10, 88], [false; 4], [true; 4]);
        let part = told.map(|bytes| bytes as f32 / 1_360_000.0);
        assert!(part[0] > 0.58 && part[1] > 0.27 && part[2] > 0.04 && part[3] > 0.015, "{part:?}");
        let (told, _) = fill(1_360, 1_000, [40, 20, 10, 88], [false; 4], [true, false, false, false]);
        assert!(told[0] > 1_300_000, "alone it has everything");
    }

    // Rule 4.14
    #[test]
    fn what_is_urgent_comes_first_and_has_at_most_half() {
        let mut shares: Shares<2> = Shares::default();
        let wants = [Want { urgent: 0, all: 10_000 }, Want { urgent: 400, all: 400 }];
        assert_eq!(shares.keep(1_000, &[0.5, 0.1], &wants), [500, 400]);
        let wants = [Want { urgent: 0, all: 10_000 }, Want { urgent: 4_000, all: 4_000 }];
        let mut shares: Shares<2> = Shares::default();
        assert_eq!(shares.keep(1_000, &[0.5, 0.1], &wants)[1], 500);
    }
}
