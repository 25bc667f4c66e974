import TestSupport
package import Workbench

extension RunningProgram {
    func waitUntilReady(_ url: String) async throws {
        try await eventually("\(name) answers at \(url)", every: .milliseconds(100)) {
            guard isRunning else { throw BenchError("\(name) ended:\n\(output.suffix(2000))") }
            return (try? await Web.get(url))?.status == 200
        } lastSeen: {
            "\(output.suffix(2000))"
        }
    }

    /// Memory with shared pages counted proportionally (PSS).
    package func proportionalKilobytes() throws -> Int {
        guard let kilobytes = try reading().proportionalKilobytes else {
            throw BenchError("the kernel does not report the memory of \(name)")
        }
        return kilobytes
    }
}
