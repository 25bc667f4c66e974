import Glibc

/// The folder in which systemd places the secrets of a service (`LoadCredential=`). Its name is
/// known only to the service, so files may refer to it by its variable.
package enum CredentialsDirectory {
    private static let variable = "CREDENTIALS_DIRECTORY"
    private static let reference = "${\(variable)}/"

    /// Replaces `${CREDENTIALS_DIRECTORY}` at the beginning of a path, and nothing else.
    package static func expand(_ path: String) throws(CredentialsDirectoryError) -> String {
        try expand(path, in: folder)
    }

    static func expand(
        _ path: String,
        in folder: String?
    ) throws(CredentialsDirectoryError) -> String {
        guard path.hasPrefix(reference) else { return path }
        guard let folder, !folder.isEmpty else { throw CredentialsDirectoryError() }
        return folder + "/" + path.dropFirst(reference.count)
    }

    /// Whether the path is in the folder. systemd lets the user of the service read it by an access
    /// control list, which the mode of a file shows as access of a group.
    package static func contains(_ path: String) -> Bool {
        folder.map { !$0.isEmpty && path.hasPrefix($0 + "/") } ?? false
    }

    private static var folder: String? {
        unsafe getenv(variable).map { unsafe String(cString: $0) }
    }
}

/// There is no folder of credentials.
package struct CredentialsDirectoryError: Error, Hashable, CustomStringConvertible {
    package var description: String {
        "CREDENTIALS_DIRECTORY is not set: systemd sets it for a service with LoadCredential=;"
            + " elsewhere, set it to a folder with these files"
    }
}
