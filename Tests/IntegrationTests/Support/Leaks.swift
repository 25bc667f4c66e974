import Foundation

/// The output of programs, by place, and the search for secrets in it.
struct Leaks {
    private var shown: [String: Data] = [:]

    mutating func add(_ place: String, _ data: Data) {
        shown[place, default: Data()].append(data)
    }

    mutating func add(_ place: String, _ text: String) {
        add(place, Data(text.utf8))
    }

    /// Every file in a folder, whatever its format.
    mutating func addFiles(below folder: URL) throws {
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let url = folder.appending(path: file)
            if let data = try? Data(contentsOf: url) { add("file \(file)", data) }
        }
    }

    /// What any user of the machine can read of a process.
    mutating func addProcess(_ process: Int32) throws {
        for name in ["cmdline", "environ"] {
            // Files in /proc report no size, so they are read to the end.
            let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(process)/\(name)"))
            add("/proc/PID/\(name)", try file.readToEnd() ?? Data())
        }
    }

    var places: [String] { shown.keys.sorted() }
    func contains(_ text: String, in place: String) -> Bool {
        shown[place]?.range(of: Data(text.utf8)) != nil
    }

    /// The places that contain one of the secrets or a large part of it.
    ///
    /// Reads the output once, however many secrets there are: hundreds of searches in megabytes would
    /// for minutes occupy a thread that the simulated clouds of other tests need.
    /// - Precondition: Each secret has at least `window` bytes.
    func places(holding secrets: some Sequence<String>) -> [String] {
        let pieces = Dictionary(
            grouping: Set(secrets.flatMap(Self.pieces)).map { Array($0.utf8) },
            by: { Self.start(of: $0[...]) }
        )
        var found: Set<String> = []
        for (place, data) in shown {
            let bytes = Array(data)
            var start: UInt32 = 0
            for (index, byte) in bytes.enumerated() {
                start = start << 8 | UInt32(byte)
                guard index >= Self.window - 1, let pieces = pieces[start] else { continue }
                let rest = bytes[(index + 1 - Self.window)...]
                for piece in pieces where rest.starts(with: piece) {
                    found.insert("\(place): \(String(decoding: piece, as: UTF8.self))")
                }
            }
        }
        return found.sorted()
    }

    private static let window = 4

    private static func start(of bytes: ArraySlice<UInt8>) -> UInt32 {
        precondition(bytes.count >= window)
        return bytes.prefix(window).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The whole of a short secret; start, middle and end of a long one.
    private static func pieces(of secret: String) -> [String] {
        let length = 16
        guard secret.count > 3 * length else { return [secret] }
        let middle = secret.dropFirst(secret.count / 2)
        return [secret.prefix(length), middle.prefix(length), secret.suffix(length)].map(
            String.init
        )
    }
}
