# Runs one command and says on descriptor 3 what it cost: `perl launcher.pl WAIT4 PRCTL PARENT FILE ARG...`, with the
# numbers of two system calls and of the process that starts this. Perl, since every Debian has it, and since a small process must start the command: the peak
# memory that the kernel reports for a process begins with that of the process that it was forked from.
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($wait4, $prctl, $parent, @command) = @ARGV;
open(my $report, '>&=', 3) or die "descriptor 3: $!";
select($report);
$| = 1;

sub now { return sprintf('%.0f', clock_gettime(CLOCK_MONOTONIC) * 1e9) }

# PR_SET_PDEATHSIG: when the tool is killed, this ends the command's whole group; when this is killed, too, the kernel
# ends the command.
sub at_death_of_parent { syscall($prctl, 1, $_[0], 0, 0, 0) }

my ($sigkill, $sigusr1) = (9, 10);
my $pid;
$SIG{USR1} = sub {
    kill 'KILL', -$pid, $pid if $pid;
    exit 1;
};
at_death_of_parent($sigusr1);
exit 1 if getppid() != $parent;
# The terminal's Ctrl-C is for the tool, which ends the command's group and then reads the report.
$SIG{$_} = 'IGNORE' for qw(INT TERM HUP);
my $start = now();
$pid = fork();
die "fork: $!" unless defined $pid;
if ($pid == 0) {
    setpgrp(0, 0);
    at_death_of_parent($sigkill);
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP USR1);
    { no warnings 'exec'; exec { $command[0] } @command; }
    print "failed $!\n";
    kill 'KILL', $$;
}
setpgrp($pid, $pid);
print "started $pid $start\n";
my ($status, $usage) = (pack('x8'), pack('x256'));
my $got;
do { $got = syscall($wait4, $pid, $status, 0, $usage) } while ($got < 0 && $!{EINTR});
my $end = now();
# struct rusage: user and system time as seconds and microseconds, then the peak of resident memory in KiB.
my ($user_s, $user_us, $system_s, $system_us, $peak_kib) = unpack('q5', $usage);
printf("ended %s %d %d %d %d\n", $end, unpack('i', $status),
    $user_s * 1e6 + $user_us, $system_s * 1e6 + $system_us, $peak_kib);
