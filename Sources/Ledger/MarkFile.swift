import Glibc
import JSON

/// A small file beside the ledger, replaced as a whole: either the old or the new content survives
/// a crash.
enum MarkFile {
    private static let maximumBytes = 4096

    /// nil if there is none.
    static func read<Content: Decodable>(
        _ type: Content.Type,
        _ name: String,
        inFolder folder: String
    ) throws(LedgerError) -> Content? {
        let path = folder + "/" + name
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw LedgerError(opening: path, failedWith: errno)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw LedgerError(opening: path, failedWith: errno) }
        do {
            return try StrictJSONDecoder().decode(type, from: Array(bytes.prefix(count)))
        } catch {
            throw LedgerError(cause: .corrupt("\(error)"), path: path)
        }
    }

    static func write(
        _ content: some Encodable,
        _ name: String,
        inFolder folder: String
    ) throws(LedgerError) {
        let path = folder + "/" + name
        let new = path + ".new"
        let bytes: [UInt8]
        do {
            bytes = try StrictJSONEncoder().encode(content) + [UInt8(ascii: "\n")]
        } catch {
            throw LedgerError(error, at: path)
        }
        // A remnant may belong to another user, or be a pipe that blocks.
        guard unsafe unlink(new) == 0 || errno == ENOENT else {
            throw LedgerError(opening: path, failedWith: errno)
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(new, flags, 0o600)
        guard descriptor >= 0 else { throw LedgerError(opening: path, failedWith: errno) }
        let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
        // A short write means that there is no room.
        var code = count == bytes.count ? 0 : (count < 0 ? errno : ENOSPC)
        if code == 0, fsync(descriptor) != 0 { code = errno }
        close(descriptor)
        if code == 0, unsafe rename(new, path) != 0 { code = errno }
        if code == 0 { code = Self.sync(folder) }
        guard code == 0 else { throw LedgerError(opening: path, failedWith: code) }
    }

    /// Without this the new name may be lost with the power.
    private static func sync(_ folder: String) -> Int32 {
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return fsync(descriptor) == 0 ? 0 : errno
    }
}
