import Glibc
import Synchronization

/// A secret in a file, read again only when the file is another one or was written.
final class SecretFile: Sendable {
    /// Far above any token (some 10 kB), far below what would hurt.
    static let maximumBytes = 64 << 10

    /// What tells one content of the path from another without reading it. The inode changes when a
    /// mounted secret is swapped by renaming, even within one tick of the modification time.
    private struct Version: Hashable {
        let device: UInt
        let inode: UInt
        let size: Int
        let modifiedSeconds: Int
        let modifiedNanoseconds: Int
        let changedSeconds: Int
        let changedNanoseconds: Int

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            modifiedSeconds = status.st_mtim.tv_sec
            modifiedNanoseconds = status.st_mtim.tv_nsec
            changedSeconds = status.st_ctim.tv_sec
            changedNanoseconds = status.st_ctim.tv_nsec
        }
    }

    private let path: String
    private let last = Mutex<(version: Version, secret: Secret)?>(nil)

    init(path: String) {
        self.path = path
    }

    func secret() throws(SecretError) -> Secret {
        // Without waiting: opening a pipe would, for somebody who writes into it.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("cannot be opened", Self.remedy(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SecretError(
                path: path,
                message: "is not a file; expected one with the secret alone"
            )
        }
        let version = Version(status)
        if let known = last.withLock({ $0 }), known.version == version { return known.secret }
        let secret = try parse(contents(of: descriptor))
        last.withLock { $0 = (version, secret) }
        return secret
    }

    private func contents(of descriptor: Int32) throws(SecretError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot be read") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk.prefix(count))
            guard bytes.count <= Self.maximumBytes else {
                throw SecretError(
                    path: path,
                    message: "is larger than \(Self.maximumBytes) bytes: no secret is"
                )
            }
        }
    }

    private func parse(_ bytes: [UInt8]) throws(SecretError) -> Secret {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard !bytes.isEmpty else {
            throw SecretError(
                path: path,
                message: "is empty; expected one line with the secret alone"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretError(path: path, message: "is not UTF-8 text")
        }
        // A second line or a control character would break the header that the secret stands in, and
        // no secret of the service has one.
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw SecretError(
                path: path,
                message: "holds a control character; expected one line with the secret alone"
            )
        }
        return Secret(text)
    }

    private static func remedy(_ code: Int32) -> String {
        switch code {
        case ENOENT: "; create it, with the secret alone, or correct the path in the configuration"
        case EACCES: "; make the user that graphwarden runs as its owner"
        default: ""
        }
    }

    private func failure(_ action: String, _ remedy: String = "") -> SecretError {
        let code = errno
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) }
        return SecretError(path: path, message: "\(action): \(reason ?? "error \(code)")\(remedy)")
    }
}
