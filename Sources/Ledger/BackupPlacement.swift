import Glibc

/// How a complete file gets its name without replacing another file. Not every file system supports
/// links: CIFS, FAT and many in user space do not.
enum BackupPlacement: CaseIterable {
    /// Unlike rename(2), link(2) never replaces a file.
    case link
    case copy

    /// Links, or copies if the file system has no links.
    static func place(_ partial: String, at file: String) throws(LedgerError) {
        var code = link.place(partial, at: file)
        if [EPERM, EOPNOTSUPP, ENOSYS, EINVAL, EMLINK].contains(code) {
            code = copy.place(partial, at: file)
        }
        guard code == 0 else { throw LedgerError(opening: file, failedWith: code) }
    }

    /// - Returns: 0, or the error number.
    func place(_ partial: String, at file: String) -> Int32 {
        switch self {
        case .link: unsafe Glibc.link(partial, file) == 0 ? 0 : errno
        case .copy: Self.copy(partial, to: file)
        }
    }

    private static func copy(_ partial: String, to file: String) -> Int32 {
        let source = unsafe open(partial, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { return errno }
        defer { close(source) }
        let target = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { return errno }
        var code = copy(from: source, to: target)
        if code == 0, fsync(target) != 0 { code = errno }
        // Some file systems report only now that there is no room.
        if close(target) != 0, code == 0 { code = errno }
        if code != 0 { unsafe unlink(file) }
        return code
    }

    private static func copy(from source: Int32, to target: Int32) -> Int32 {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : 0 }
            var rest = buffer[..<count]
            while !rest.isEmpty {
                let written = unsafe rest.span.withUnsafeBytes {
                    unsafe write(target, $0.baseAddress, $0.count)
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return errno }
                rest = rest.dropFirst(written)
            }
        }
    }
}
