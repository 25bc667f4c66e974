import Foundation
import Synchronization

/// A program that runs beside the test, with what it writes to standard error.
final class Program: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: Process
    private let output = Mutex("")
    private let pipe = Pipe()

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// graphwarden as it was built.
    static var graphwarden: URL { root.appending(path: ".build/debug/graphwarden") }

    /// A program of Debian's packages: installed, or unpacked below `.build/debian`.
    static func debian(_ name: String) throws -> URL {
        let places =
            [".build/debian/usr/bin/\(name)"].map { root.appending(path: $0) }
            + [URL(filePath: "/usr/bin/\(name)")]
        guard
            let found = places.first(where: {
                FileManager.default.isExecutableFile(atPath: $0.path)
            })
        else { throw Failure(description: "\(name) is missing: run packaging/dependencies test") }
        return found
    }

    /// A library of Debian's packages.
    static func debianLibrary(_ name: String) throws -> URL {
        let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map {
            URL(filePath: "/usr/lib/\($0)")
        }
        let files = folders.map { $0.appending(path: name) }
        guard
            let found = files.first(where: { FileManager.default.fileExists(atPath: $0.path) })
        else { throw Failure(description: "\(name) is missing: run packaging/dependencies test") }
        return found
    }

    init(
        _ executable: URL,
        _ arguments: [String],
        in folder: URL? = nil,
        environment: [String: String] = [:]
    ) throws {
        process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardError = pipe
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            guard !data.isEmpty else { return handle.readabilityHandler = nil }
            self?.output.withLock { $0 += String(decoding: data, as: UTF8.self) }
        }
        try process.run()
    }

    var text: String { output.withLock { $0 } }
    var isRunning: Bool { process.isRunning }
    var processIdentifier: Int32 { process.processIdentifier }

    /// Sends a signal to this process, and to no other.
    func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Waits for the end; returns the exit status, or nil when it did not come in time.
    func exitStatus(within limit: Duration = .seconds(30)) async throws -> Int32? {
        let ended = try await eventually(within: limit) { !self.process.isRunning }
        return ended ? process.terminationStatus : nil
    }

    /// Runs a program to its end and returns its status and output.
    static func run(
        _ executable: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        within limit: Duration = .seconds(120)
    ) async throws -> (status: Int32, text: String) {
        let program = try Program(executable, arguments, environment: environment)
        guard let status = try await program.exitStatus(within: limit) else {
            program.signal(SIGKILL)
            throw Failure(description: "\(executable.path) did not end:\n\(program.text)")
        }
        // The last bytes of the pipe may arrive after the end of the process.
        try await Task.sleep(for: .milliseconds(50))
        return (status, program.text)
    }
}

/// Asks again and again until the answer is yes or the time is over; returns the last answer.
func eventually(
    within limit: Duration,
    every interval: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: interval)
    }
    return try await condition()
}
