import Foundation
import TestSupport

/// A child process of the test, with its standard error.
final class Program: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: Process
    /// A file rather than a pipe, whose content would be lost when its reader exits.
    private let output: URL

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The built graphwarden: the debug build, or the program that `TESTED_PROGRAM` names.
    static let graphwarden =
        ProcessInfo.processInfo.environment["TESTED_PROGRAM"].map { URL(filePath: $0) }
        ?? root.appending(path: ".build/debug/graphwarden")

    /// A program from a Debian package: installed, or unpacked in `.build/debian`.
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

    /// promtool of Prometheus 3; nil if `packaging/dependencies` could not get it.
    static var newerPromtool: URL? {
        let file = root.appending(path: ".build/debian-newer/usr/bin/promtool")
        return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
    }

    /// A library of this package, as the tests were built.
    static func ownLibrary(_ name: String) throws -> URL {
        let file = root.appending(path: ".build/debug/\(name)")
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw Failure(description: "\(file.path) is missing: swift build --build-tests")
        }
        return file
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
        output = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-output-\(UUID().uuidString)")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        defer { try? handle.close() }
        process.standardError = handle
        process.standardOutput = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        try? FileManager.default.removeItem(at: output)
    }

    var text: String {
        let bytes = (try? Data(contentsOf: output)) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }
    var isRunning: Bool { process.isRunning }
    var processIdentifier: Int32 { process.processIdentifier }

    /// Sends a signal to this process, and to no other.
    func signal(_ number: Int32) {
        if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Waits for the program to exit.
    func exitStatus(within limit: Duration = .seconds(120)) async throws -> Int32 {
        try await eventually("the program ends", within: limit) {
            !process.isRunning
        } lastSeen: {
            text
        }
        return process.terminationStatus
    }

    /// Runs a program to completion and returns its status and output.
    static func run(
        _ executable: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        within limit: Duration = .seconds(120)
    ) async throws -> (status: Int32, text: String) {
        let program = try Program(executable, arguments, environment: environment)
        defer { program.signal(SIGKILL) }
        return (try await program.exitStatus(within: limit), program.text)
    }
}
