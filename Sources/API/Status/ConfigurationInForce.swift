import Files
package import Time

/// The configuration file as it was when it was last loaded, whatever it contains now.
package struct ConfigurationInForce: Sendable, Hashable {
    /// How the cloud is polled.
    package struct Source: Sendable, Hashable {
        package var url: String
        package var interval: Duration
        package var timeout: Duration

        package init(url: String, interval: Duration, timeout: Duration) {
            self.url = url
            self.interval = interval
            self.timeout = timeout
        }
    }

    /// The file now.
    package enum OnDisk: Sendable, Hashable {
        case same
        /// Its text, in which secrets are masked.
        case differs(String)
        /// With the reason.
        case unreadable(String)
    }

    package let path: String
    /// In which secrets are masked, so that everybody may read it.
    package let text: String
    package let loadedAt: Timestamp
    package let source: Source
    private let original: String

    /// - Parameter text: as read.
    package init(path: String, text: String, loadedAt: Timestamp, source: Source) {
        self.path = path
        self.text = SecretMask.masked(text)
        self.loadedAt = loadedAt
        self.source = source
        original = text
    }

    /// Reads the file. Its rule files are not compared.
    package func onDisk() -> OnDisk {
        do throws(FileError) {
            let now = try TextFile.text(path)
            return now == original ? .same : .differs(SecretMask.masked(now))
        } catch {
            return .unreadable("\(error)")
        }
    }
}
