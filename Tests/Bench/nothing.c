// nothing: what the storm executes. Static, it ends at once: whatever an exec costs beyond the kernel's own work is a tool's.
int main(void) { return 0; }
