package import Foundation

/// A program to compare with is not installed.
package struct MissingProgram: Error, CustomStringConvertible {
    package let description: String

    init(_ path: String, install command: String) {
        description = "\(path) is missing: run \(command)"
    }
}

/// The paths of the programs.
package enum Programs {
    /// The root of the repository, derived from the path of this file.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The release build of graphwarden, unless the command line names another.
    package static func graphwarden(_ options: Options) throws -> URL {
        let path = options.text("binary", root.path + "/.build/release/graphwarden")
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw BenchError(
                "\(path) is missing: swift build -c release --static-swift-stdlib"
                    + " --product graphwarden"
            )
        }
        return URL(filePath: path)
    }

    /// Another benchmark program, in the folder of this one.
    package static func beside(_ name: String) throws -> URL {
        let own = URL(filePath: CommandLine.arguments[0]).standardizedFileURL
        let file = own.deletingLastPathComponent().appending(path: name)
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            throw BenchError("\(file.path) is missing: swift build -c release --product \(name)")
        }
        return file
    }

    /// A program from a Debian package, unpacked in `.build/debian`.
    package static func debian(_ name: String, folder: String = "bin") throws -> URL {
        let file = root.appending(path: ".build/debian/usr/\(folder)/\(name)")
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            throw MissingProgram(file.path, install: "packaging/dependencies test")
        }
        return file
    }

    /// The same for a program that only benchmarks need.
    package static func benchmarked(_ name: String) throws -> URL {
        let file = root.appending(path: ".build/debian/usr/bin/\(name)")
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            throw MissingProgram(file.path, install: "packaging/dependencies benchmarks")
        }
        return file
    }

    /// A program that is installed.
    package static func system(_ name: String) throws -> URL {
        let file = URL(filePath: "/usr/bin/\(name)")
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            throw MissingProgram(file.path, install: "packaging/dependencies benchmarks")
        }
        return file
    }

    /// A folder for one run, in `.build`.
    package static func folder(_ name: String) throws -> URL {
        let folder = root.appending(path: ".build/benchmark-runs/\(name)-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
