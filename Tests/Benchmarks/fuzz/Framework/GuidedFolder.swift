import Foundation

/// What guided runs keep, for later runs and for people.
struct GuidedFolder: Sendable {
    let path: String

    /// Of the inputs that reached new code. The next run begins with them.
    func corpus(of target: String) -> URL { folder("corpora").appending(path: target) }

    /// Of libFuzzer.
    func log(of target: String) -> URL { folder("logs").appending(path: target) }

    /// Creates the folders of a target, and an empty log.
    func prepare(for target: String) throws {
        for folder in [corpus(of: target), folder("logs"), folder("failures")] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        try Data().write(to: log(of: target))
    }

    /// - Returns: the file with the input of a failure.
    func keep(_ failure: Failure, of target: String) throws -> String {
        let sum = failure.input.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let words = [target] + failure.property.split(separator: " ").map(String.init)
        let name = (words + [String(sum, radix: 16)]).joined(separator: "-")
        let file = folder("failures").appending(path: name)
        try Data(failure.input).write(to: file)
        return file.relativePath
    }

    func coverage(of target: String) throws -> Coverage {
        let files = try FileManager.default.contentsOfDirectory(atPath: corpus(of: target).path)
        let log = String(decoding: try Data(contentsOf: log(of: target)), as: UTF8.self)
        let edges = log.matches(of: /(?m)^#\d+\s+(\w+)\s+cov: (\d+)/).compactMap { match in
            Int(match.2).map { (event: match.1, edges: $0) }
        }
        return Coverage(
            first: edges.first { $0.event == "INITED" }?.edges ?? 0,
            last: edges.map(\.edges).max() ?? 0,
            inputs: files.count
        )
    }

    private func folder(_ name: String) -> URL {
        URL(filePath: path, directoryHint: .isDirectory).appending(path: name)
    }
}

/// How much code the inputs of a target reach.
struct Coverage {
    /// The edges between blocks of code that the corpus reached at the start.
    let first: Int
    let last: Int
    /// The inputs that guided runs have added to the corpus.
    let inputs: Int
}
