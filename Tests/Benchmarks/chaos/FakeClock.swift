import Foundation
import Workbench

/// Clocks of agents: wrong ones by libfaketime, fast ones by the library `fasttime`.
enum FakeClock {
    private static func library() throws -> String {
        let candidates = ["x86_64", "aarch64"].map {
            "/usr/lib/\($0)-linux-gnu/faketime/libfaketimeMT.so.1"
        }
        guard let found = candidates.first(where: FileManager.default.fileExists) else {
            throw BenchError("libfaketime is missing: packaging/dependencies test")
        }
        return found
    }

    /// A wall clock that a file sets while the agent runs. Elapsed time stays true.
    static func settable(by file: URL) throws -> [String: String] {
        [
            "LD_PRELOAD": try library(), "FAKETIME_TIMESTAMP_FILE": file.path,
            "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// The agent notices within a second.
    static func set(_ file: URL, by seconds: Int) throws {
        let text = seconds < 0 ? "\(seconds)\n" : "+\(seconds)\n"
        try Data(text.utf8).write(to: file, options: .atomic)
    }

    /// All time passes faster from the start of the process on: clocks, timers and time limits.
    static func fast(by factor: Int) throws -> [String: String] {
        [
            "LD_PRELOAD": try Programs.beside("libfasttime.so").path,
            "FAST_TIME": "\(factor)",
        ]
    }

    /// The library shares memory among the processes of a session. A process that is killed leaves
    /// it behind.
    static func removeMemory(of process: Int32) {
        for name in ["faketime_shm_\(process)", "sem.faketime_sem_\(process)"] {
            try? FileManager.default.removeItem(atPath: "/dev/shm/\(name)")
        }
    }
}
