/// What a verification of the audit trail found.
package struct ChainReport: Hashable, Sendable {
    /// The lines that were read.
    package var lines = 0
    /// The number of the first line that is left; nil if there is none.
    package var firstSequence: Int64?
    /// The number of the newest line, 0 if there never was one.
    package var lastSequence: Int64 = 0
    /// The hash of the newest line, in hexadecimal digits.
    package var headHash: String
    /// The number of the last line that was removed because it was old; 0 if none was.
    package var anchorSequence: Int64
    /// The first fault; nil if the audit trail is intact.
    package var fault: Fault?

    package init(headHash: String, anchorSequence: Int64 = 0) {
        self.headHash = headHash
        self.anchorSequence = anchorSequence
    }

    package struct Fault: Hashable, Sendable {
        /// The first line that does not fit, or the number of one that is missing.
        package var sequence: Int64
        package var problem: String

        package init(sequence: Int64, problem: String) {
            self.sequence = sequence
            self.problem = problem
        }
    }

    package var isIntact: Bool { fault == nil }
}

extension ChainReport: CustomStringConvertible {
    /// In one line.
    package var description: String {
        if let fault {
            return "BROKEN at line \(fault.sequence): \(fault.problem)"
        }
        let kept = firstSequence.map { "lines \($0) to \(lastSequence)" } ?? "no lines"
        let removed =
            anchorSequence > 0 ? "; older lines up to \(anchorSequence) were removed" : ""
        return "intact: \(lines) lines (\(kept)), newest hash \(headHash)\(removed)"
    }
}
