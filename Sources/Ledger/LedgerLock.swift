import Glibc

/// Keeps a second agent from the same ledger for as long as this object lives.
///
/// It uses `flock` and not SQLite's locks, because those last for a transaction only and must let
/// a shell or a backup read. The kernel releases it however the process ends.
final class LedgerLock: Sendable {
    private let descriptor: Int32

    /// `path` is the lock's own file, `ledger` the database for messages. Throws `locked` with the
    /// process id of the holder, if that could be read.
    init(path: String, ledger: String) throws(LedgerError) {
        let opened = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else {
            throw LedgerError(opening: ledger, failedWith: errno)
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.processID(in: opened)
            let reason = errno
            close(opened)
            guard reason == EWOULDBLOCK else {
                throw LedgerError(opening: ledger, failedWith: reason)
            }
            throw LedgerError(cause: .locked(processID: holder), path: ledger)
        }
        descriptor = opened
        Self.write(getpid(), to: opened)
    }

    deinit {
        close(descriptor)
    }

    /// For the error message of the second agent. The lock itself does not depend on it.
    private static func write(_ processID: Int32, to descriptor: Int32) {
        let text = Array("\(processID)\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = unsafe pwrite(descriptor, text, text.count, 0)
    }

    private static func processID(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self))
    }
}

extension LedgerError {
    /// A file operation failed with `code` (an `errno`).
    init(opening path: String, failedWith code: Int32) {
        let text = unsafe String(cString: strerror(code))
        self.path = path
        switch code {
        case ENOSPC, EDQUOT: cause = .full
        case EACCES, EPERM, EROFS: cause = .readOnly(text)
        case EEXIST: cause = .exists
        case EIO: cause = .inputOutput(text)
        default: cause = .cannotOpen(text)
        }
    }
}
