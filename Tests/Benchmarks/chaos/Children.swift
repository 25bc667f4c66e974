import Dispatch
import Foundation
import Synchronization
import Workbench

/// The processes and the folders of all rounds, so that a signal ends and removes them all.
final class Children: Sendable {
    static let all = Children()

    private struct State {
        var processes: Set<Int32> = []
        var folders: Set<URL> = []
    }

    private let state = Mutex(State())

    func add(_ process: Int32) {
        _ = state.withLock { $0.processes.insert(process) }
    }

    func remove(_ process: Int32) {
        _ = state.withLock { $0.processes.remove(process) }
    }

    func add(_ folder: URL) {
        _ = state.withLock { $0.folders.insert(folder) }
    }

    /// - Parameter isKept: whether the files stay.
    func remove(_ folder: URL, isKept: Bool) {
        _ = state.withLock { $0.folders.remove(folder) }
        if !isKept { try? FileManager.default.removeItem(at: folder) }
    }

    /// Ends everything on SIGTERM, SIGINT and SIGHUP, for as long as the result is kept.
    func watchSignals() -> [any DispatchSourceSignal] {
        [SIGTERM, SIGINT, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in
                state.withLock { state in
                    for process in state.processes { kill(process, SIGKILL) }
                    for folder in state.folders { try? FileManager.default.removeItem(at: folder) }
                    exit(128 + number)
                }
            }
            source.resume()
            return source
        }
    }
}

/// One program of a round that is started again and again, each time with a log of its own.
final class Restartable {
    let name: String
    private let folder: URL
    private let executable: URL
    private let arguments: [String]
    private var starts = 0
    private(set) var program: RunningProgram?
    private(set) var isFrozen = false
    /// The end of a killed process is noticed late.
    private var isKilled = false
    /// What signals outside of the round need.
    let process: ProcessHandle

    init(_ name: String, _ executable: URL, _ arguments: [String], in folder: URL) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.folder = folder
        process = ProcessHandle()
    }

    var isRunning: Bool { !isKilled && program?.isRunning ?? false }

    /// The logs of all starts, oldest first.
    var logs: [URL] { (1..<starts + 1).map { folder.appending(path: "\(name).\($0).log") } }

    /// Does nothing if it runs.
    func start(arguments other: [String]? = nil, environment: [String: String] = [:]) throws {
        guard !isRunning else { return }
        forget()
        starts += 1
        let program = try RunningProgram(
            "\(name).\(starts)",
            executable,
            other ?? arguments,
            environment: environment,
            in: folder
        )
        self.program = program
        (isFrozen, isKilled) = (false, false)
        Children.all.add(program.processIdentifier)
        process.set(program.processIdentifier)
    }

    func kill() {
        process.set(nil)
        program?.signal(SIGKILL)
        isKilled = true
    }

    func freeze() {
        program?.signal(SIGSTOP)
        isFrozen = true
    }

    func unfreeze() {
        program?.signal(SIGCONT)
        isFrozen = false
    }

    /// Ends it gracefully.
    func end() async {
        unfreeze()
        await program?.end()
        forget()
    }

    private func forget() {
        guard let program else { return }
        process.set(nil)
        Children.all.remove(program.processIdentifier)
        self.program = nil
    }

    /// Kills it and waits until it is gone.
    func stop() {
        kill()
        forget()
    }
}

/// The identifier of a process that may be signalled from any thread.
final class ProcessHandle: Sendable {
    private let process = Mutex<Int32?>(nil)

    func set(_ process: Int32?) {
        self.process.withLock { $0 = process }
    }

    func signal(_ number: Int32) {
        process.withLock { process in
            if let process { kill(process, number) }
        }
    }
}
