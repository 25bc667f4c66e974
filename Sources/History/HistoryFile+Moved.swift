import Glibc
import Time

/// A file that cannot be used.
extension HistoryFile {
    private static let suffixes = ["", "-wal", "-shm"]

    /// One is enough to find out what went wrong: a bad disk makes many.
    private static func moved(_ path: String) -> String { path + ".corrupt-1" }

    /// Moves the file aside, so that a new one can be created. Replaces the one that was moved before.
    ///
    /// - Returns: where it is now.
    package static func moveAside(inFolder folder: String) throws(HistoryError) -> String {
        let path = folder + "/" + fileName
        let target = moved(path)
        guard unsafe rename(path, target) == 0 else {
            throw HistoryError(.unusable(unsafe String(cString: strerror(errno))), path)
        }
        // Its log would otherwise be applied to the new file.
        for suffix in suffixes.dropFirst() {
            _ = unsafe unlink(target + suffix)
            _ = unsafe rename(path + suffix, target + suffix)
        }
        return target
    }

    /// Deletes the file that was moved aside if it is from before `time`, or if both together take
    /// more than `maximumBytes`.
    func discardMoved(before time: Timestamp, maximumBytes: Int) {
        let target = Self.moved(path)
        var status = stat()
        guard unsafe stat(target, &status) == 0 else { return }
        let isOld = Int(status.st_mtim.tv_sec) < Int(time.milliseconds / 1000)
        guard isOld || Int(status.st_size) + sizeBytes() > maximumBytes else { return }
        for suffix in Self.suffixes { _ = unsafe unlink(target + suffix) }
    }
}
