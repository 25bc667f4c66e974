import ArgumentParser
import Backtest
import Files

/// Recordings in files.
struct RecordedFiles {
    private let paths: [String]

    init(_ paths: [String]) {
        self.paths = paths
    }

    /// Prints why a file cannot be used, with its line, and exits.
    func read(_ options: RecordingReader.Options) throws -> FleetRecording {
        var reader = RecordingReader(options)
        for path in paths {
            do {
                reader.beginFile()
                var file = try FilePieces(path)
                while let piece = try file.next() { try reader.read(piece) }
                try reader.endFile()
            } catch {
                Terminal.error(error is RecordingError ? "\(path):\(error)" : "\(error)")
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
}
