/* Changes time for one program, into which it is preloaded (LD_PRELOAD).

   FAST_TIME=60 lets a minute of every clock pass in a second, from the start of the program on.
   Clocks run faster, and time limits, sleeps and timers are shorter by the same factor. The CPU
   clocks stay true.

   WALL_CLOCK=FILE sets the wall clock, and no other, ahead by the whole seconds in the file, or back
   by negative ones. The program notices a change of the file within a tenth of a second. Waits for a
   span of time are not affected. A wait for a moment of the wall clock ends when it was to end when
   it began.

   libfaketime can do the same but for CLOCK_BOOTTIME and timers of timerfd(2), on which the agent
   and its libraries rest: once it has set the wall clock back, timers of elapsed time wait for as
   long. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CLOCKS = 8, DESCRIPTORS = 4096 };
static const int64_t NANOSECONDS = 1000000000;

static int64_t factor = 1;
/* What each clock showed when the program began. */
static int64_t begin[CLOCKS];
/* Names the offset of the wall clock; NULL if nobody sets it. */
static const char *wall_clock_file;
static _Atomic int64_t wall_clock_offset;
/* When the file is read again, by CLOCK_MONOTONIC. */
static _Atomic int64_t next_look;
static const int64_t LOOK_INTERVAL = 100000000;
/* The clock of each timerfd. */
static unsigned char timer_clock[DESCRIPTORS];

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int64_t nanoseconds(const struct timespec *time)
{
    return time->tv_sec * NANOSECONDS + time->tv_nsec;
}

static struct timespec timespec_of(int64_t nanoseconds)
{
    if (nanoseconds < 0) nanoseconds = 0;
    return (struct timespec){ nanoseconds / NANOSECONDS, nanoseconds % NANOSECONDS };
}

static int is_fast(clockid_t clock)
{
    return clock >= 0 && clock < CLOCKS && clock != CLOCK_PROCESS_CPUTIME_ID
        && clock != CLOCK_THREAD_CPUTIME_ID;
}

static int64_t true_now(clockid_t clock)
{
    struct timespec time = { 0, 0 };
    syscall(SYS_clock_gettime, clock, &time);
    return nanoseconds(&time);
}

__attribute__((constructor)) static void start(void)
{
    const char *text = getenv("FAST_TIME");
    for (clockid_t clock = 0; clock < CLOCKS; clock++)
        if (is_fast(clock)) begin[clock] = true_now(clock);
    if (text && atoll(text) > 0) factor = atoll(text);
    wall_clock_file = getenv("WALL_CLOCK");
}

/* How far the wall clock is ahead of the true one. Only system calls: the program may be in a signal
   handler. A file that cannot be read changes nothing. */
static int64_t offset(clockid_t clock)
{
    if (!wall_clock_file || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return 0;
    int64_t now = true_now(CLOCK_MONOTONIC), due = atomic_load(&next_look);
    if (now < due || !atomic_compare_exchange_strong(&next_look, &due, now + LOOK_INTERVAL))
        return atomic_load(&wall_clock_offset);
    int before = errno;
    char text[32] = { 0 };
    int file = open(wall_clock_file, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        if (read(file, text, sizeof text - 1) > 0)
            atomic_store(&wall_clock_offset, atoll(text) * NANOSECONDS);
        close(file);
    }
    errno = before;
    return atomic_load(&wall_clock_offset);
}

/* A span of fast time, in true time. What is not nothing does not become nothing. */
static int64_t true_span(int64_t span)
{
    return span <= 0 ? span : (span + factor - 1) / factor;
}

static struct timespec true_span_of(const struct timespec *span)
{
    return timespec_of(true_span(nanoseconds(span)));
}

static struct timespec true_moment(clockid_t clock, const struct timespec *moment)
{
    if (!is_fast(clock)) return *moment;
    int64_t wanted = nanoseconds(moment) - offset(clock);
    return timespec_of(begin[clock] + true_span(wanted - begin[clock]));
}

static int true_milliseconds(int timeout)
{
    return timeout <= 0 ? timeout : (int)((timeout + factor - 1) / factor);
}

/* Clocks */

int clock_gettime(clockid_t clock, struct timespec *time)
{
    long status = syscall(SYS_clock_gettime, clock, time);
    if (status == 0 && is_fast(clock))
        *time = timespec_of(
            begin[clock] + (nanoseconds(time) - begin[clock]) * factor + offset(clock));
    return (int)status;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
    return 0;
}

time_t time(time_t *result)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

/* Sleeps */

int clock_nanosleep(
    clockid_t clock, int flags, const struct timespec *request, struct timespec *rest)
{
    NEXT(clock_nanosleep);
    struct timespec wanted =
        flags & TIMER_ABSTIME ? true_moment(clock, request) : true_span_of(request);
    return next(clock, flags, &wanted, rest);
}

int nanosleep(const struct timespec *request, struct timespec *rest)
{
    int status = clock_nanosleep(CLOCK_MONOTONIC, 0, request, rest);
    if (status == 0) return 0;
    errno = status;
    return -1;
}

int usleep(useconds_t microseconds)
{
    struct timespec request = timespec_of((int64_t)microseconds * 1000);
    return nanosleep(&request, NULL);
}

unsigned int sleep(unsigned int seconds)
{
    struct timespec request = timespec_of(seconds * NANOSECONDS);
    nanosleep(&request, NULL);
    return 0;
}

/* Time limits */

int poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    NEXT(poll);
    return next(descriptors, count, true_milliseconds(timeout));
}

int ppoll(
    struct pollfd *descriptors, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    NEXT(ppoll);
    struct timespec limit = { 0, 0 };
    if (timeout) limit = true_span_of(timeout);
    return next(descriptors, count, timeout ? &limit : NULL, mask);
}

int select(
    int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict failed,
    struct timeval *restrict timeout)
{
    NEXT(select);
    if (!timeout) return next(count, readable, writable, failed, NULL);
    int64_t span = timeout->tv_sec * NANOSECONDS + timeout->tv_usec * 1000;
    struct timespec limit = timespec_of(true_span(span));
    struct timeval wanted = { limit.tv_sec, limit.tv_nsec / 1000 };
    return next(count, readable, writable, failed, &wanted);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout)
{
    NEXT(epoll_wait);
    return next(epoll, events, count, true_milliseconds(timeout));
}

int epoll_pwait(
    int epoll, struct epoll_event *events, int count, int timeout, const sigset_t *mask)
{
    NEXT(epoll_pwait);
    return next(epoll, events, count, true_milliseconds(timeout), mask);
}

/* glibc keeps the clock of a condition to itself, so it must be the wall clock. */
int pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock)
{
    NEXT(pthread_condattr_setclock);
    if (clock != CLOCK_REALTIME) abort();
    return next(attributes, clock);
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
    const struct timespec *restrict until)
{
    NEXT(pthread_cond_timedwait);
    struct timespec wanted = true_moment(CLOCK_REALTIME, until);
    return next(condition, mutex, &wanted);
}

int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
    const struct timespec *until)
{
    NEXT(pthread_cond_clockwait);
    struct timespec wanted = true_moment(clock, until);
    return next(condition, mutex, clock, &wanted);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    NEXT(sem_timedwait);
    struct timespec wanted = true_moment(CLOCK_REALTIME, until);
    return next(semaphore, &wanted);
}

/* Timers */

int timerfd_create(int clock, int flags)
{
    NEXT(timerfd_create);
    int descriptor = next(clock, flags);
    if (descriptor >= 0 && descriptor < DESCRIPTORS) timer_clock[descriptor] = (unsigned char)clock;
    return descriptor;
}

int timerfd_settime(
    int descriptor, int flags, const struct itimerspec *value, struct itimerspec *before)
{
    NEXT(timerfd_settime);
    struct itimerspec wanted = { true_span_of(&value->it_interval), { 0, 0 } };
    clockid_t clock =
        descriptor >= 0 && descriptor < DESCRIPTORS ? timer_clock[descriptor] : CLOCK_MONOTONIC;
    if (nanoseconds(&value->it_value) != 0)
        wanted.it_value = flags & TFD_TIMER_ABSTIME ? true_moment(clock, &value->it_value)
                                                    : true_span_of(&value->it_value);
    return next(descriptor, flags, &wanted, before);
}
