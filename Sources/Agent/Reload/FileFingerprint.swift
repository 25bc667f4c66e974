import Files
/// What some files hold at one moment, in a few bytes: to see whether that changes. Neither times
/// nor inodes count, so that a folder that is swapped as a whole, as Kubernetes does it, is
/// noticed, and a file that is written again as it was is not.
struct FileFingerprint: Hashable, Sendable {
    private let value: Int

    init(_ paths: [String], text: String = "") {
        var hasher = Hasher()
        hasher.combine(text)
        for path in paths {
            hasher.combine(path)
            do throws(FileError) {
                hasher.combine(try TextFile.bytes(path))
            } catch {
                hasher.combine(error)
            }
        }
        value = hasher.finalize()
    }
}
