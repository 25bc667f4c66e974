import Files
/// A hash over the content of some files. Modification times and inodes are not included: a folder
/// swapped as a whole, as Kubernetes does for ConfigMaps, is detected, and a file rewritten with
/// the same content is not.
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
