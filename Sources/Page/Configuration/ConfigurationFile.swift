/// A configuration or rule file: the text that is in force, and what is on the disk now.
package struct ConfigurationFile: Sendable, Hashable {
    package enum OnDisk: Sendable, Hashable {
        case same
        case changed(String)
        /// With the reason.
        case unreadable(String)
    }

    package var path: String
    /// Without secrets.
    package var text: String
    package var onDisk: OnDisk

    package init(path: String, text: String, onDisk: OnDisk) {
        self.path = path
        self.text = text
        self.onDisk = onDisk
    }
}
