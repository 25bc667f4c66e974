import Crypto
import Synchronization

/// Remembers what bcrypt said about passwords, as exporter-toolkit does. Scrapes come every few
/// seconds and bcrypt is slow by design; a client that keeps sending one wrong password must not
/// occupy the thread for passwords either.
///
/// Holds no password: only keyed digests, whose key exists in the memory of this process alone.
final class PasswordMemory: Sendable {
    typealias Digest = HashedAuthenticationCode<SHA256>

    private struct State {
        /// By user name: at most one entry for each user of the web configuration.
        var accepted: [String: [UInt8]] = [:]
        var refused: Set<[UInt8]> = []
        /// The elements of `refused`, oldest first; `next` is the oldest once the ring is full.
        var ring: [[UInt8]] = []
        var next = 0
    }

    /// Wrong passwords remembered; 32 bytes each.
    private static let maximumRefused = 4096

    private let key = SymmetricKey(size: .bits256)
    private let state = Mutex(State())

    /// Depends on the hash too, so that a changed password is not accepted from memory.
    func digest(of check: PasswordCheck) -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        for part in [Array(check.hash.text.utf8), Array(check.name.utf8)] {
            code.update(data: part)
            code.update(data: [0])
        }
        code.update(data: check.password)
        return Array(code.finalize())
    }

    /// nil if the password has not been checked, or the answer has been forgotten.
    func answer(to check: PasswordCheck) -> Bool? {
        let digest = digest(of: check)
        return state.withLock { state in
            if let accepted = state.accepted[check.name],
                PasswordHash.areEqual(accepted, digest)
            {
                return true
            }
            return state.refused.contains(digest) ? false : nil
        }
    }

    func remember(_ check: PasswordCheck, isRight: Bool) {
        let digest = digest(of: check)
        state.withLock { state in
            if isRight {
                state.accepted[check.name] = digest
            } else if state.refused.insert(digest).inserted {
                guard state.ring.count == Self.maximumRefused else {
                    return state.ring.append(digest)
                }
                state.refused.remove(state.ring[state.next])
                state.ring[state.next] = digest
                state.next = (state.next + 1) % Self.maximumRefused
            }
        }
    }
}
