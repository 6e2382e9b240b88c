#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include <errno.h>
#include <pthread.h>
sighandler_t bsd_signal(int, sighandler_t); sighandler_t sysv_signal(int, sighandler_t);
int __sigaction(int,const struct sigaction*,struct sigaction*);
static void h(int s){}
static void show(int sig, const char *w){ struct sigaction a; memset(&a,0xa5,sizeof a); errno=0; int r=sigaction(sig,NULL,&a); 
 printf("%s %d: %d %s h=%s f=%x m=%lx restorer=%d errno=%d\n", w, sig, r, a.sa_handler==h?"h":"", a.sa_handler==SIG_DFL?"DFL":a.sa_handler==SIG_IGN?"IGN":"other", a.sa_flags, ((unsigned long*)&a.sa_mask)[0], a.sa_restorer!=0 , errno);}
static const char *n(sighandler_t x){ return x==SIG_DFL?"DFL":x==SIG_IGN?"IGN":x==SIG_ERR?"ERR":x==h?"h":x==SIG_HOLD?"HOLD":"other";}
static char own[65536];
static void stack(const char *w, const stack_t *new){ stack_t o; memset(&o,0xa5,sizeof o); int r=sigaltstack(new,&o); printf("%s %d %s %d %ld\n",w,r,o.ss_sp==own?"own":o.ss_sp?"other":"none",o.ss_flags,(long)o.ss_size); }
static void *stacks(void){ free(malloc(1)); stack("query",0); stack("set",&(stack_t){.ss_sp=own,.ss_size=sizeof own}); stack("query",0); stack("disable",&(stack_t){.ss_flags=SS_DISABLE}); stack("query",0);
 stack("small",&(stack_t){.ss_sp=own,.ss_size=100}); stack("disarm",&(stack_t){.ss_sp=own,.ss_flags=1u<<31,.ss_size=sizeof own}); stack_t both={.ss_flags=SS_DISABLE}; sigaltstack(&both,&both); printf("%d\n",both.ss_flags); stack("end",0); return 0; }
int main(){ pthread_t t; stacks(); pthread_create(&t,0,(void*)stacks,0); pthread_join(t,0);
 for(int s=-1;s<=66;s++) show(s,"start");
 int sigs[]={1,2,6,11,15,13,17,23,34,50,64,32,9,65,0};
 for(int i=0;i<sizeof sigs/sizeof*sigs;i++){ int s=sigs[i];
  printf("signal %s\n", n(signal(s,SIG_DFL))); show(s,"signal DFL");
  printf("signal %s\n", n(signal(s,h))); show(s,"signal h");
  printf("signal %s\n", n(bsd_signal(s,SIG_DFL))); show(s,"bsd DFL");
  printf("sysv %s\n", n(sysv_signal(s,h))); show(s,"sysv h");
  printf("sysv %s\n", n(sysv_signal(s,SIG_DFL))); show(s,"sysv DFL");
  printf("ssignal %s\n", n(ssignal(s,SIG_IGN))); show(s,"ss IGN");
  printf("sigset %s\n", n(sigset(s,SIG_DFL))); show(s,"sigset DFL");
  printf("sigset %s\n", n(sigset(s,SIG_HOLD))); show(s,"sigset HOLD");
  printf("sigset %s\n", n(sigset(s,h))); show(s,"sigset h");
  printf("ignore %d\n", sigignore(s)); show(s,"ignore");
  printf("int %d\n", siginterrupt(s,1)); show(s,"int");
  printf("signal %s\n", n(signal(s,SIG_DFL))); show(s,"signal DFL");
  printf("int %d\n", siginterrupt(s,0)); show(s,"int");
  for(int f=0;f<64;f++){ struct sigaction a={.sa_handler=SIG_DFL}, o; a.sa_flags=(f&1?SA_SIGINFO:0)|(f&2?SA_ONSTACK:0)|(f&4?SA_RESTART:0)|(f&8?SA_NODEFER:0)|(f&16?SA_RESETHAND:0)|(f&32?SA_NOCLDSTOP|SA_NOCLDWAIT|0x800|0x20000000:0);
   sigemptyset(&a.sa_mask); if(f&1)sigfillset(&a.sa_mask); if(f&2) sigaddset(&a.sa_mask,5); memset(&o,0xa5,sizeof o);
   int r=sigaction(s,&a,&o); printf("r %d old %s %x %lx\n", r, n(o.sa_handler), o.sa_flags, ((long*)&o.sa_mask)[0]); show(s,"flags"); r=__sigaction(s,&o,&o); printf("%d %x\n", r,o.sa_flags);}
  printf("SIG_ERR %s\n", n(signal(s,SIG_ERR))); printf("sysv ERR %s\n", n(sysv_signal(s,SIG_ERR)));
 }
 for(int i=0;i<300;i++){ struct sigaction a={.sa_handler=(void*)((long)h+i),.sa_flags=SA_RESETHAND}, o; sigaction(15,&a,&o); printf("%ld %x\n", i?(long)o.sa_handler-(long)h:0, o.sa_flags);} signal(15,SIG_DFL);
 stacks();
 system("exit 3"); show(2,"system"); show(3,"system"); show(17,"system");
 fflush(stdout);
 if(vfork()==0){ signal(15,SIG_DFL); signal(11,h); signal(1,SIG_IGN); _exit(0);} wait(0);
 show(15,"vfork"); show(11,"vfork"); show(1,"vfork");
 if(fork()==0){ show(15,"fork"); fflush(stdout); _exit(0);} wait(0);
 return 0; }
