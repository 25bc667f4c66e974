package import Foundation
import TestSupport

package struct BenchError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// A child process of this program, whose output goes to a file.
package final class RunningProgram {
    package let name: String
    private let process = Process()
    private let outputFile: URL

    package init(
        _ name: String,
        _ executable: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: URL
    ) throws {
        self.name = name
        outputFile = folder.appending(path: "\(name).log")
        try Data().write(to: outputFile)
        let output = try FileHandle(forWritingTo: outputFile)
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try Self.withoutBlockedSignals { try process.run() }
    }

    /// A child inherits the blocked signals of the thread that starts it, and threads of Dispatch
    /// block all: a program that does not undo this could not be terminated.
    private static func withoutBlockedSignals(_ work: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try work()
    }

    /// Nothing is left running if the rest of a setup fails.
    deinit {
        signal(SIGKILL)
    }

    package var output: String {
        (try? String(contentsOf: outputFile, encoding: .utf8)) ?? ""
    }

    package var isRunning: Bool { process.isRunning }
    package var processIdentifier: Int32 { process.processIdentifier }

    package func reading() throws -> ProcessReading {
        guard process.isRunning, let reading = ProcessReading(of: process.processIdentifier) else {
            throw BenchError("\(name) ended:\n\(output.suffix(2000))")
        }
        return reading
    }

    package func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Waits until the program ends by itself. Blocks the thread.
    package func exitStatus() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Requests a graceful exit and returns the status; nil if the program had to be killed.
    @discardableResult
    package func end() async -> Int32? {
        signal(SIGTERM)
        try? await eventually("\(name) ends", every: .milliseconds(50)) { !process.isRunning }
        guard process.isRunning else { return process.terminationStatus }
        signal(SIGKILL)
        return nil
    }

    /// Waits until the output matches, and returns the first capture.
    package func waitForOutput(_ pattern: String) async throws -> String {
        let expression = try Regex(pattern, as: (Substring, Substring).self)
        try await eventually("\(name) says \(pattern)", every: .milliseconds(50)) {
            output.contains(expression) || !process.isRunning
        } lastSeen: {
            "\(output.suffix(2000))"
        }
        guard let match = output.firstMatch(of: expression) else {
            throw BenchError("\(name) ended:\n\(output.suffix(2000))")
        }
        return String(match.1)
    }
}
