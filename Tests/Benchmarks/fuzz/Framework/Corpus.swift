import Foundation
import Workbench

/// The inputs that mutations start from: `Corpora/TARGET`, one file each, in the order of their
/// names. Every input that once broke a property is among them.
struct Corpus: Sendable {
    let seeds: [[UInt8]]

    init(of target: String, in folder: String) throws {
        let folder = URL(filePath: folder).appending(path: target)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        seeds = try names.map { Array(try Data(contentsOf: folder.appending(path: $0))) }
        guard !seeds.isEmpty else { throw BenchError("\(folder.path) has no seeds") }
    }

    /// One seed alone.
    init(file: String) throws {
        seeds = [Array(try Data(contentsOf: URL(filePath: file)))]
    }
}
