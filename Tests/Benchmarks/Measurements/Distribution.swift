import Workbench

/// What several runs measured: the median, and how far they were apart.
package struct Distribution: Sendable {
    package let values: [Double]

    package init(_ values: [Double]) {
        self.values = values
    }

    package var median: Double { values.median }
    package var minimum: Double { values.min() ?? 0 }
    package var maximum: Double { values.max() ?? 0 }

    /// In another unit.
    package func times(_ factor: Double) -> Distribution {
        Distribution(values.map { $0 * factor })
    }
}
