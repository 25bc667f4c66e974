import Time
package import GES
import GESSimulator
import HTTPClient
import Synchronization
import VirtualTime

/// Replaces `GESClient` where a simulation must be fast: reads the cloud's state without encoding
/// requests or answers.
///
/// It does so only where a healthy exchange is certain. Any request that may be special (an outage,
/// a fault that might apply, a graph that does not answer, credentials that may be refused, a
/// client that is still backing off, an action) is sent by a real client over the transport of
/// `InProcessCloud`. Failures are therefore implemented only once, and not here; tests compare the
/// two clients value by value.
///
/// Two differences remain: the request observer sees only requests that are sent, and reads are not
/// limited by the client's rate limit.
package final class DirectClient: Sendable {
    let cloud: InProcessCloud
    let client: GESClient
    let apiVersion: GES.APIVersion
    let state = Mutex(State())

    struct State {
        var proof: Proof?
        /// Requests sent to the management plane, and the last one that failed.
        var lastSent = 0
        var lastFailed = 0
        var clockOffset: Duration?
        /// Sent requests whose answers have been noted here.
        var answersSeen = 0
        var graphs: Cached<GraphListing>?
        var jobs: Cached<JobListing>?
    }

    /// The circumstances under which a request to the management plane last succeeded. While they
    /// hold, the next one will succeed too.
    struct Proof {
        let credentialEpoch: Int
        let clockError: Duration
        let wallJumps: Int
        /// When the token that was used expires; nil for another credential.
        var end: Timestamp?
        var at: Timestamp
    }

    /// A list, and how long it stays the same.
    struct Cached<Listing> {
        let revision: Int
        let until: Timestamp?
        let listing: Listing

        /// nil if the list may have changed.
        func value(_ revision: Int, at now: Timestamp) -> Listing? {
            revision == self.revision && until.map { now < $0 } ?? true ? listing : nil
        }
    }

    /// Short enough that the real client renews its credentials in time.
    static let proofAgeMaximum = Duration.seconds(600)

    /// - Parameter client: sends the requests that cannot be read; on the same cloud.
    package init(
        _ cloud: InProcessCloud,
        client: GESClient,
        apiVersion: GES.APIVersion = .v2
    ) {
        self.cloud = cloud
        self.client = client
        self.apiVersion = apiVersion
    }

    package var gatewayClockOffset: Duration? { state.withLock { $0.clockOffset } }

    // MARK: Reading

    /// Reads from the cloud if a healthy exchange is certain; returns nil if a request must be
    /// sent.
    ///
    /// - Parameter age: the maximum age of the newest successful request.
    func read<Value: Sendable>(
        age: Duration = proofAgeMaximum,
        _ body: (inout SimulatedCloud, Timestamp, inout State) -> Value?
    ) -> Value? {
        guard !Task.isCancelled else { return nil }
        return cloud.withCloud { simulated, now in
            state.withLock { state in
                guard let proof = state.proof, (now - proof.at) <= age,
                    proof.credentialEpoch == simulated.credentialEpoch,
                    proof.clockError == simulated.clockError,
                    proof.wallJumps == cloud.time.wallJumps,
                    proof.end.map({ now < $0 }) ?? true
                else { return nil }
                return body(&simulated, now, &state)
            }
        }
    }

    /// Waits for the latency of a healthy exchange.
    /// - Returns: how long it took.
    func passLatency(
        _ entrance: CloudRequest.Entrance
    ) async throws(GESError) -> Duration {
        let latency = cloud.latency(of: entrance)
        guard latency > .zero else { return .zero }
        do {
            try await cloud.time.sleep(for: latency)
        } catch {
            throw .http(.cancelled(sent: true))
        }
        return latency
    }

    /// Completes an exchange with the management plane, whose answer carries the gateway's time.
    func receive(date: Timestamp) async throws(GESError) {
        _ = try await passLatency(.management)
        let wall = cloud.time.wallMilliseconds
        state.withLock { $0.clockOffset = .milliseconds(date.milliseconds - wall) }
    }

    // MARK: Sending

    /// Sends a request to the management plane with the real client, and notes what its outcome
    /// proves.
    func send<Value>(
        _ body: (GESClient) async throws(GESError) -> Value
    ) async throws(GESError) -> Value {
        let (number, circumstances) = begin()
        do throws(GESError) {
            let value = try await body(client)
            end(number, circumstances)
            return value
        } catch {
            end(number, nil)
            throw error
        }
    }

    func begin() -> (number: Int, circumstances: Proof) {
        let number = state.withLock { state in
            state.lastSent += 1
            return state.lastSent
        }
        return (number, circumstances())
    }

    /// - Parameter circumstances: those under which the request was sent; nil if it failed.
    func end(_ number: Int, _ circumstances: Proof?) {
        let exchanges = cloud.exchangesWithGES
        var proof = circumstances
        cloud.withCloud { simulated, now in
            proof?.end = exchanges.token.map { simulated.tokenEnd($0, at: now) ?? now }
            proof?.at = now
        }
        state.withLock { state in
            if exchanges.answers != state.answersSeen {
                state.answersSeen = exchanges.answers
                state.clockOffset = client.gatewayClockOffset
            }
            if let proof {
                // A request in progress when another failed proves nothing about later ones.
                if number > state.lastFailed { state.proof = proof }
            } else {
                state.lastFailed = max(state.lastFailed, state.lastSent)
                state.proof = nil
            }
        }
    }

    private func circumstances() -> Proof {
        let wallJumps = cloud.time.wallJumps
        return cloud.withCloud { simulated, now in
            Proof(
                credentialEpoch: simulated.credentialEpoch,
                clockError: simulated.clockError,
                wallJumps: wallJumps,
                at: now
            )
        }
    }
}
