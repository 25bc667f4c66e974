import Files
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

    @Test("is deleted with its temporary folder")
    func removed() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-files-")
        try folder.write("x", to: "a")
        folder.remove()
        #expect(TextFile.read(folder.path + "/a") == nil)
    }
}
