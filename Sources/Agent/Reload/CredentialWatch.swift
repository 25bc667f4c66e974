import Configuration

/// Detects a credential that was replaced, by the content of its files. A token that is renewed
/// from the same secret is the same credential.
struct CredentialWatch: Sendable {
    private let files: [String]
    private var known: FileFingerprint

    init(_ credentials: CredentialFiles) {
        files = credentials.paths
        known = FileFingerprint(files)
    }

    /// Whether the files have changed since the last look.
    mutating func look() -> Bool {
        guard !files.isEmpty else { return false }
        let now = FileFingerprint(files)
        defer { known = now }
        return now != known
    }
}

extension CredentialFiles {
    fileprivate var paths: [String] {
        switch self {
        case .accessKey(let idFile, let secretFile): [idFile, secretFile]
        case .password(_, _, let passwordFile): [passwordFile]
        case .token(let file): [file]
        case .metadata: []
        }
    }
}
