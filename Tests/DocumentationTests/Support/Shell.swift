import Foundation
import TestSupport

/// Runs programs to their end.
enum Shell {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The built graphwarden.
    static var program: String {
        Document.root.appending(path: ".build/debug/graphwarden").path
    }

    /// - Returns: what the program wrote to standard output and standard error.
    /// - Throws: `Failure` if it ends with another status than 0.
    @discardableResult
    static func run(_ command: [String], in folder: URL? = nil) async throws -> String {
        let output = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-documentation-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        defer { try? handle.close() }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        var environment = ProcessInfo.processInfo.environment
        let folders = [URL(filePath: program).deletingLastPathComponent().path]
        environment["PATH"] = (folders + [environment["PATH"] ?? ""]).joined(separator: ":")
        process.environment = environment
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGTERM) } }
        func text() -> String {
            String(decoding: (try? Data(contentsOf: output)) ?? Data(), as: UTF8.self)
        }
        try await eventually("\(command.first ?? "") ends") {
            !process.isRunning
        } lastSeen: {
            text()
        }
        guard process.terminationStatus == 0 else {
            throw Failure(description: "status \(process.terminationStatus)\n\(text())")
        }
        return text()
    }
}
