/// One row of the performance book: a figure of graphwarden beside its anchor, which was measured
/// in the same run.
package struct Row: Sendable {
    package enum Better: Sendable {
        /// Times and memory.
        case lower
        /// Rates.
        case higher
    }

    package struct Figures: Sendable {
        package let ours: Distribution
        package let anchor: Distribution
    }

    package enum Outcome: Sendable {
        case measured(Figures)
        /// Why not, and what to do about it.
        case notMeasured(String)
    }

    package let name: String
    package let unit: String
    package let anchor: String
    package let better: Better
    /// How many times better than the anchor graphwarden has to be; nil without a bound.
    package let bound: Double?
    package let outcome: Outcome

    package init(
        _ name: String,
        unit: String,
        anchor: String,
        better: Better = .lower,
        atLeast bound: Double?,
        ours: Distribution,
        theirs: Distribution
    ) {
        self.name = name
        self.unit = unit
        self.anchor = anchor
        self.better = better
        self.bound = bound
        outcome = .measured(Figures(ours: ours, anchor: theirs))
    }

    package init(_ name: String, anchor: String, notMeasured reason: String) {
        self.name = name
        unit = ""
        self.anchor = anchor
        better = .lower
        bound = nil
        outcome = .notMeasured(reason)
    }

    /// How many times better than the anchor, by the medians; nil if it was not measured.
    package var ratio: Double? {
        guard case .measured(let figures) = outcome else { return nil }
        let (ours, anchor) = (figures.ours.median, figures.anchor.median)
        switch better {
        case .lower: return anchor / ours
        case .higher: return ours / anchor
        }
    }

    /// Nil without a bound, or if it was not measured.
    package var meetsBound: Bool? {
        guard let ratio, let bound else { return nil }
        return ratio >= bound
    }
}
