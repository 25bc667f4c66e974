import Page

extension ConfigurationFile {
    /// Reads the file as it is now.
    init(_ configuration: ConfigurationInForce) {
        let onDisk: OnDisk =
            switch configuration.onDisk() {
            case .same: .same
            case .differs(let text): .changed(text)
            case .unreadable(let reason): .unreadable(reason)
            }
        self.init(path: configuration.path, text: configuration.text, onDisk: onDisk)
    }
}
