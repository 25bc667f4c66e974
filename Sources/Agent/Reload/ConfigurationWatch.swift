import Configuration
import Files
import StrictYAML

/// Detects changes of the configuration and the rule files by content, as Prometheus' auto-reload
/// does.
struct ConfigurationWatch: Sendable {
    let file: String
    let interval: Duration
    private var seen: FileFingerprint

    init(_ file: String, every interval: Duration) {
        self.file = file
        self.interval = interval
        seen = Self.fingerprint(file)
    }

    /// Returns whether anything changed since the last call. Call this before reading the files, so
    /// that a change in between is detected next time.
    mutating func look() -> Bool {
        let now = Self.fingerprint(file)
        defer { seen = now }
        return now != seen
    }

    /// Covers the file, the rule files it matches, and its errors: a missing file that it names may
    /// appear.
    private static func fingerprint(_ file: String) -> FileFingerprint {
        let text = TextFile.read(file) ?? ""
        let reading = ConfigurationReader.read(text, file: file)
        let ruleFiles = FilePaths.matching(reading.value?.ruleFiles ?? [])
        return FileFingerprint([file] + ruleFiles, text: "\(reading.issues)")
    }
}
