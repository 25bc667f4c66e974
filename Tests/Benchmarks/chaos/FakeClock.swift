import Foundation
import Workbench

/// Clocks of agents, wrong or fast ones, by the library `fasttime`.
enum FakeClock {
    /// A wall clock that a file sets while the agent runs. Elapsed time stays true.
    static func settable(by file: URL) throws -> [String: String] {
        ["LD_PRELOAD": try library(), "WALL_CLOCK": file.path]
    }

    /// The agent notices within a tenth of a second.
    static func set(_ file: URL, by seconds: Int) throws {
        try Data("\(seconds)\n".utf8).write(to: file, options: .atomic)
    }

    /// All time passes faster from the start of the process on: clocks, timers and time limits.
    static func fast(by factor: Int) throws -> [String: String] {
        ["LD_PRELOAD": try library(), "FAST_TIME": "\(factor)"]
    }

    private static func library() throws -> String {
        try Programs.beside("libfasttime.so").path
    }
}
