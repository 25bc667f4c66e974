import Glibc

/// A temporary folder that only this user can read. Its owner must call `remove`.
package struct TemporaryFolder: Sendable {
    package let path: String

    package init(prefix: String) throws(FileError) {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        let template = "\(parent)/\(prefix)" + String(repeating: "X", count: 6)
        var buffer = template.utf8CString.map { $0 }
        guard unsafe mkdtemp(&buffer) != nil else { throw .last(template) }
        path = String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package func write(_ text: String, to name: String) throws(FileError) {
        try TextFile.write(text, to: path + "/" + name)
    }

    /// Removes the folder and everything in it.
    package func remove() {
        Self.remove(path)
    }

    private static func remove(_ path: String) {
        if let folder = unsafe opendir(path) {
            while let entry = unsafe readdir(folder) {
                let name = unsafe withUnsafePointer(to: entry.pointee.d_name) {
                    unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                        unsafe String(cString: $0)
                    }
                }
                if name == "." || name == ".." { continue }
                let child = path + "/" + name
                if unsafe unlink(child) != 0 { remove(child) }
            }
            unsafe closedir(folder)
        }
        unsafe rmdir(path)
    }
}
