import Glibc
import Synchronization

/// A secret in a file. The content is cached and read again only after the file was changed or
/// replaced.
final class SecretFile: Sendable {
    /// Well above any token, of which the longest have 16 kB, and small enough to read on every
    /// change.
    static let maximumBytes = 64 << 10

    /// Identifies a version of the file without reading it. The inode detects a secret replaced by
    /// renaming, as Kubernetes does, even within one tick of the modification time.
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
        // O_NONBLOCK, because opening a named pipe would block until a writer appears.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("cannot be opened", Self.remedy(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SecretError(
                path: path,
                message: "is not a regular file; expected a file that contains only the secret"
            )
        }
        // Whoever can write the file can have credentials of their choice used, or a secret sent.
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            let digits = String(status.st_mode & 0o7777, radix: 8)
            throw SecretError(
                path: path,
                message: "can be written by other users (mode \(digits)); run chmod 600"
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
                    message: "is larger than \(Self.maximumBytes) bytes, so it is not a secret"
                )
            }
        }
    }

    /// Strips one trailing line break, which editors add.
    private func parse(_ bytes: [UInt8]) throws(SecretError) -> Secret {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard !bytes.isEmpty else {
            throw SecretError(
                path: path,
                message: "is empty; expected one line that contains only the secret"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretError(path: path, message: "is not UTF-8 text")
        }
        // A second line or a control character would corrupt the HTTP header that carries the
        // secret. The service issues no such secrets.
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw SecretError(
                path: path,
                message: "contains a control character; expected one line with only the secret"
            )
        }
        return Secret(text)
    }

    private static func remedy(_ code: Int32) -> String {
        switch code {
        case ENOENT: "; create it or correct the path in the configuration"
        case EACCES: "; make it readable for the user that graphwarden runs as"
        default: ""
        }
    }

    private func failure(_ action: String, _ remedy: String = "") -> SecretError {
        let code = errno
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) }
        return SecretError(path: path, message: "\(action): \(reason ?? "error \(code)")\(remedy)")
    }
}
