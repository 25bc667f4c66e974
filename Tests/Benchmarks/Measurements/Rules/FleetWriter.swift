import Foundation
import Series
import Time
import Workbench
import Workload

/// Writes the samples of a fleet to a server that accepts Prometheus' remote write.
struct FleetWriter {
    let url: String
    let fleet: Fleet
    /// The time of the newest samples written, in seconds since 1970.
    private var newest: Int64

    private static let seriesPerRequest = 5000
    private static let stepsPerRequest: Int64 = 20

    /// - Parameter url: of the server, without a path.
    init(_ fleet: Fleet, to url: String) {
        self.url = url + "/api/v1/write"
        self.fleet = fleet
        newest = fleet.origin - Fleet.intervalSeconds
    }

    /// Writes the samples up to `time`, in seconds since 1970.
    mutating func append(through time: Int64) async throws {
        while newest + Fleet.intervalSeconds <= time {
            let due = (time - newest) / Fleet.intervalSeconds
            let steps = min(due, Self.stepsPerRequest)
            let times = (1...steps).map { newest + $0 * Fleet.intervalSeconds }
            for start in stride(from: 0, to: fleet.seriesCount, by: Self.seriesPerRequest) {
                let end = min(start + Self.seriesPerRequest, fleet.seriesCount)
                try await write(start..<end, times)
            }
            newest += steps * Fleet.intervalSeconds
        }
    }

    private func write(_ indices: Range<Int>, _ times: [Int64]) async throws {
        var request = RemoteWrite()
        for index in indices {
            request.append(
                fleet.labels(of: index),
                times.map { time in
                    Sample(
                        timestamp: Timestamp(milliseconds: time * 1000),
                        value: fleet.value(of: index, at: time)
                    )
                }
            )
        }
        let answer = try await Web.send("POST", url, request.body, headers: RemoteWrite.headers)
        guard answer.status == 204 else {
            throw BenchError(
                "\(url) refused samples: \(String(decoding: answer.body, as: UTF8.self))"
            )
        }
    }
}
