package import Time

/// A verdict with everything that explains it: the answer to `graphwarden why`.
package struct Assessment: Hashable, Sendable {
    package var verdict: Verdict
    package var signs: [SignReport] = []
    package var path: PathReport?
    /// What would change the verdict, in one sentence.
    package var wouldChange = ""
    /// The signs that the verdict rests on: probes, `tasks` if they show the progress of an import,
    /// export or clear, and `jobs` if the jobs could be read. They are asked again before a
    /// restart.
    package var restsOn: [String] = []
    /// How far the work of a hung graph had come; nil for another verdict.
    package var seenProgress: SeenProgress?

    /// The management jobs among `restsOn`.
    package static let jobsSign = "jobs"
    /// The tasks among `restsOn`.
    package static let tasksSign = "tasks"

    package init(_ verdict: Verdict) {
        self.verdict = verdict
    }

    /// The newest reading of a sign.
    package struct SignReport: Hashable, Sendable {
        /// `version`, `summary`, `gremlin`, `cypher`, `tasks`, `queries`, `jobs` or `load`.
        package var sign: String
        package var word: Word
        /// The label of what came back; empty for a sign that is derived from a reading.
        package var answer: String
        package var at: Timestamp
        /// Since when the sign has said this.
        package var since: Timestamp
    }

    package struct PathReport: Hashable, Sendable {
        package var path: Path
        /// What proves the path, in words; nil if it is not proved.
        package var provedBy: String?
    }
}
