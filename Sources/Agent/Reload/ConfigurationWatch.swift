import Configuration
import Files
import StrictYAML

/// Detects changes of the configuration and the rule files by content, as Prometheus' auto-reload
/// does. A change counts once two consecutive looks have seen the same content: a file that is
/// being written, or replaced by one of another name, may be incomplete and valid all the same.
struct ConfigurationWatch: Sendable {
    let file: String
    let interval: Duration
    /// What was last acted on.
    private var known: FileFingerprint
    /// What the last look has seen.
    private var seen: FileFingerprint
    /// Consecutive looks at which the files had changed again.
    private var restlessLooks = 0
    /// After so many, somebody has to be told that nothing is reloaded.
    private static let maximumRestlessLooks = 10

    init(_ file: String, every interval: Duration) {
        self.file = file
        self.interval = interval
        known = Self.fingerprint(file)
        seen = known
    }

    /// Returns whether the files have changed and are at rest, until `settle` is called. Call this
    /// before reading the files, so that a change in between is detected next time.
    mutating func look() -> Bool {
        let now = Self.fingerprint(file)
        defer { seen = now }
        restlessLooks = now == known || now == seen ? 0 : restlessLooks + 1
        return now != known && now == seen
    }

    /// Takes note that what the last look has seen was acted on.
    mutating func settle() {
        known = seen
    }

    /// Whether the last look was one too many at which the files had changed again; true once for
    /// each such time.
    var isRestless: Bool { restlessLooks == Self.maximumRestlessLooks }

    /// Takes note that the files are read now, whether or not they are at rest.
    mutating func accept() {
        seen = Self.fingerprint(file)
        known = seen
    }

    /// Whether the files are still what the last look has seen.
    var isAtRest: Bool { Self.fingerprint(file) == seen }

    /// Covers the file, the rule files it matches, and its errors: a missing file that it names may
    /// appear.
    private static func fingerprint(_ file: String) -> FileFingerprint {
        let text = TextFile.read(file) ?? ""
        let reading = ConfigurationReader.read(text, file: file)
        let ruleFiles = FilePaths.matching(reading.value?.ruleFiles ?? [])
        return FileFingerprint([file] + ruleFiles, text: "\(reading.issues)")
    }
}
