import Foundation
import Workbench

/// A POST to the cloud by curl, without a body.
struct CurlPost {
    let program: URL
    let url: String
    let token: String

    /// What each of so many requests took, as curl reports it: with its connection, without the
    /// start of the program.
    func seconds(count: Int, in folder: URL) async throws -> [Double] {
        var seconds: [Double] = []
        for _ in 0..<count {
            let run = try RunningProgram(
                "curl",
                program,
                [
                    "-sS", "-o", "/dev/null", "-X", "POST", "-H", "X-Auth-Token: \(token)",
                    "-H", "Content-Type: application/json", "-w", "took %{time_total} s", url,
                ],
                in: folder
            )
            let text = try await run.waitForOutput("took ([0-9.]+) s")
            guard let number = Double(text) else { throw BenchError("curl reports \(text)") }
            seconds.append(number)
        }
        return seconds
    }
}
