# Starts a command that waits, stopped, until it is told to go on: `perl stopped.pl PRCTL PARENT FILE ARG...`, with the
# number of a system call and of the process that starts this. When that one ends, however it does, the kernel ends this.
use strict;
use warnings;

my ($prctl, $parent, @command) = @ARGV;
# PR_SET_PDEATHSIG, which outlives exec.
syscall($prctl, 1, 9, 0, 0, 0);
exit 1 if getppid() != $parent;
kill 'STOP', $$;
{ no warnings 'exec'; exec { $command[0] } @command; }
print STDERR "$command[0]: $!\n";
exit 127;
