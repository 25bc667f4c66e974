import ArgumentParser
import Backtest
import Files
import History

/// Recordings in files: text, or the samples that an agent keeps.
struct RecordedFiles {
    private let paths: [String]

    init(_ paths: [String]) {
        self.paths = paths
    }

    /// Prints why a file cannot be used, with its line, and exits.
    func read(_ options: RecordingReader.Options) throws -> FleetRecording {
        var reader = RecordingReader(options)
        for path in paths {
            reader.beginFile()
            do {
                if RecordedHistory.isDatabase(path) {
                    try HistoryRecording(path).read(into: &reader, options)
                } else {
                    try Self.readText(path, into: &reader)
                }
            } catch let error as RecordingError where reader.line > 0 {
                Terminal.error("\(path):\(error)")
                throw ExitCode(2)
            } catch let error as RecordingError {
                Terminal.error("\(path): \(error)")
                throw ExitCode(2)
            } catch {
                Terminal.error("\(error)")
                throw ExitCode(2)
            }
        }
        do {
            return try reader.finish()
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
    }

    private static func readText(_ path: String, into reader: inout RecordingReader) throws {
        var file = try FilePieces(path)
        while let piece = try file.next() { try reader.read(piece) }
        try reader.endFile()
    }
}
