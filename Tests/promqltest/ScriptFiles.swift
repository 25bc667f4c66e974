import Glibc

/// Finds and reads script files.
enum ScriptFiles {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String

        init(_ path: String) {
            self.path = path
            reason = unsafe String(cString: strerror(errno))
        }

        var description: String { "\(path): \(reason)" }
    }

    private static let suffix = ".test"
    /// A hundred times the size of Prometheus' largest script.
    private static let maximumBytes = 16 << 20

    /// The path itself if it is a file, otherwise the scripts in the folder and below, sorted by
    /// name.
    static func paths(at path: String) throws(Failure) -> [String] {
        guard try isFolder(path) else { return [path] }
        let base = path.hasSuffix("/") ? path : path + "/"
        var found: [String] = []
        for name in try names(in: path) where !name.hasPrefix(".") {
            if try isFolder(base + name) {
                found += try paths(at: base + name)
            } else if name.hasSuffix(suffix) {
                found.append(base + name)
            }
        }
        return found
    }

    private static func isFolder(_ path: String) throws(Failure) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw Failure(path) }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    private static func names(in folder: String) throws(Failure) -> [String] {
        guard let stream = unsafe opendir(folder) else { throw Failure(folder) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            names.append(name)
        }
        return names.sorted()
    }

    static func text(of path: String) throws(Failure) -> String {
        guard let file = unsafe fopen(path, "r") else { throw Failure(path) }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < maximumBytes {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        guard unsafe ferror(file) == 0 else { throw Failure(path) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
