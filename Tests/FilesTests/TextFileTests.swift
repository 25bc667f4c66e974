import Files
import Glibc
import Testing

@Suite("A text file")
struct TextFileTests {
    private func inFolder(_ body: (TemporaryFolder) throws -> Void) throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-files-")
        defer { folder.remove() }
        try body(folder)
    }

    @Test("is read as it was written, and replaced atomically")
    func roundTrip() throws {
        try inFolder { folder in
            try folder.write("first, and longer\n", to: "a")
            try folder.write("second\n", to: "a")
            #expect(try TextFile.text(folder.path + "/a") == "second\n")
        }
    }

    @Test("that is missing, too large or not UTF-8 causes an error that names it")
    func errors() throws {
        try inFolder { folder in
            let path = folder.path + "/a"
            let missing = #expect(throws: FileError.self) { try TextFile.text(path) }
            #expect(missing?.description == "\(path): No such file or directory")
            try folder.write("12345", to: "a")
            let large = #expect(throws: FileError.self) { try TextFile.bytes(path, limit: 4) }
            #expect(large?.description == "\(path): larger than 4 bytes")
            let binary = #expect(throws: FileError.self) {
                try TextFile.text("/proc/self/exe")
            }
            #expect(binary != nil)
            #expect(TextFile.read(path) == "12345")
            #expect(TextFile.read(folder.path) == nil)
        }
    }

    @Test("is refused by its name unless it is regular, without waiting for a writer or an end")
    func types() throws {
        try inFolder { folder in
            let pipe = folder.path + "/pipe"
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            let bound = folder.path + "/socket"
            let descriptor = try socket(boundTo: bound)
            defer { close(descriptor) }
            let link = folder.path + "/link"
            #expect(unsafe symlink(pipe, link) == 0)
            for (path, type) in [
                (pipe, "a named pipe"), (link, "a named pipe"), (bound, "a socket"),
                (folder.path, "a directory"), ("/dev/zero", "a device"), ("/dev/null", "a device"),
            ] {
                let error = #expect(throws: FileError.self) { try TextFile.text(path) }
                let expected = "\(path): is \(type); expected a regular file"
                #expect(error?.description == expected)
                #expect(FileType.refusal(path)?.description == expected)
                #expect(TextFile.read(path) == nil)
            }
            try folder.write("x", to: "a")
            #expect(FileType.refusal(folder.path + "/a") == nil)
            #expect(FileType.refusal(folder.path + "/none") == nil)
        }
    }

    @Test("of a command line may be a pipe, and nothing else that is not regular")
    func arguments() throws {
        try inFolder { folder in
            var ends: [Int32] = [0, 0]
            #expect(unsafe pipe(&ends) == 0)
            defer { close(ends[0]) }
            #expect(unsafe Glibc.write(ends[1], "groups: []", 10) == 10)
            close(ends[1])
            #expect(try TextFile.argument("/dev/fd/\(ends[0])") == "groups: []")
            try folder.write("x", to: "a")
            #expect(try TextFile.argument(folder.path + "/a") == "x")
            for path in [folder.path, "/dev/zero", folder.path + "/none"] {
                #expect(throws: FileError.self) { try TextFile.argument(path) }
            }
        }
    }

    /// A socket of the Unix domain with a name in the file system.
    private func socket(boundTo path: String) throws -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            unsafe buffer.copyBytes(from: path.utf8)
        }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }

    @Test("is deleted with its temporary folder")
    func removed() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-files-")
        try folder.write("x", to: "a")
        folder.remove()
        #expect(TextFile.read(folder.path + "/a") == nil)
    }
}
