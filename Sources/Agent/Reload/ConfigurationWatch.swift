import Configuration
import Files
import StrictYAML

/// Notices that the configuration or a rule file holds something else than it did, as Prometheus'
/// auto-reload does: by content, and only when it is time to look.
struct ConfigurationWatch: Sendable {
    let file: String
    let interval: Duration
    private var seen: FileFingerprint

    init(_ file: String, every interval: Duration) {
        self.file = file
        self.interval = interval
        seen = Self.fingerprint(file)
    }

    /// What is there now counts as seen: to be called before it is read, so that a change that
    /// comes meanwhile is not missed.
    mutating func look() -> Bool {
        let now = Self.fingerprint(file)
        defer { seen = now }
        return now != seen
    }

    /// The file, the rule files that it names now, and what is wrong with it: a file that is named
    /// and not there yet may come.
    private static func fingerprint(_ file: String) -> FileFingerprint {
        let text = TextFile.read(file) ?? ""
        let reading = ConfigurationReader.read(text, file: file)
        let ruleFiles = (reading.value?.ruleFiles ?? []).flatMap(FilePaths.matching)
        return FileFingerprint([file] + ruleFiles, text: "\(reading.issues)")
    }
}
